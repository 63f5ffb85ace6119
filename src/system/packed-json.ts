import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A value as compressed JSON. */
export function packJson(value: unknown): Buffer {
  return deflateRawSync(JSON.stringify(value), { level: 3 });
}

export function unpackJson(packed: Uint8Array): unknown {
  return JSON.parse(inflateRawSync(packed).toString());
}
