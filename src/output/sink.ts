import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** The target of a writer's batches. Failures go to the listener and are never thrown. */
export interface Sink {
  /** Resolves when more may be written; undefined when that is at once. */
  write(chunk: string): Promise<void> | undefined;
  /** Resolves when everything was passed to the system, or has failed. */
  settle(): Promise<void>;
}

type OnFailure = (error: Error) => void;

/** The sink for a stream. A file is written to directly, anything else through the stream. */
export function openSink(stream: Writable, onFailure: OnFailure): Sink {
  const descriptor = (stream as { fd?: unknown }).fd;
  if (typeof descriptor === 'number' && isFile(descriptor)) return fileSink(descriptor, onFailure);
  return streamSink(stream, onFailure);
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}

/**
 * Node's stream for files takes a short write (on a full disk) as complete, and so loses the end of the output without
 * an error.
 */
export function fileSink(
  descriptor: number,
  onFailure: OnFailure,
  write: typeof writeSync = writeSync,
): Sink {
  return {
    write(chunk) {
      try {
        const bytes = Buffer.from(chunk);
        for (let at = 0; at < bytes.length;) at += write(descriptor, bytes, at);
      } catch (error) {
        onFailure(error as Error);
      }
      return undefined;
    },
    settle: async () => {},
  };
}

function streamSink(stream: Writable, onFailure: OnFailure): Sink {
  let resume: (() => void) | undefined;
  const goOn = (): void => {
    resume?.();
    resume = undefined;
  };
  const fail = (error: Error): void => {
    onFailure(error);
    goOn();
  };
  stream.on('error', fail);
  stream.on('drain', goOn);
  stream.on('close', () => fail(Object.assign(new Error('closed'), { code: 'EPIPE' })));
  return {
    write(chunk) {
      if (stream.write(chunk)) return undefined;
      if (stream.destroyed) return undefined;
      return new Promise((resolve) => (resume = resolve));
    },
    settle: () => new Promise((resolve) => void stream.write('', () => resolve())),
  };
}
