import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 128 * 1024;

/** Where in a turn log the body of a JSON string is, in bytes. */
export interface TextSource {
  start: number;
  end: number;
}

/**
 * The text of a JSON string in a file, in pieces, however long it is. Pieces never end inside a character. What no JSON
 * string may hold stays as it is.
 */
export function* readJsonString(path: string, { start, end }: TextSource): Generator<string, void> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  const fd = openSync(path, 'r');
  try {
    for (let at = start; at < end;) {
      const bytes = readSync(fd, buffer, 0, Math.min(PIECE_BYTES, end - at), at);
      if (bytes === 0) return;
      const whole = at + bytes >= end ? bytes : findCut(buffer.subarray(0, bytes));
      yield unescape(buffer.toString('utf8', 0, whole));
      at += whole;
    }
  } finally {
    closeSync(fd);
  }
}

function unescape(body: string): string {
  try {
    return JSON.parse(`"${body}"`) as string;
  } catch {
    return body.replaceAll(ESCAPE, (escape) => JSON.parse(`"${escape}"`) as string);
  }
}

/** How many of the bytes, which begin with a whole character, are whole characters. */
function findCut(bytes: Buffer): number {
  let start = 0;
  let end = 0;
  while (end < bytes.length) {
    start = end;
    end += characterWidth(bytes, start);
  }
  return end === bytes.length ? end : start;
}

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** The bytes of the character here, as UTF-8 or as an escape; of an escaped surrogate pair, both. */
function characterWidth(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte === BACKSLASH) {
    if (bytes[at + 1] !== LOWER_U) return 2;
    return ESCAPED_PAIR.test(bytes.toString('latin1', at + 2, at + 10)) ? 12 : 6;
  }
  if (byte < 0xc0) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/** The digits of a first surrogate and what follows, as far as it is there: a second one, or what may become one. */
const ESCAPED_PAIR = /^d[89ab]..($|\\($|u($|d($|[c-f]))))/i;

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-f]{4})/gi;
