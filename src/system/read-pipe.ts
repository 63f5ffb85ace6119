import { fstatSync } from 'node:fs';
import { FileRefused, readWhole, tooLarge } from './read-bounded.ts';

const MAX_WAIT_MS = 60_000;

/**
 * Whether a path stands for a descriptor that our caller opened, and that can't be opened again: `<(command)`,
 * `/dev/stdin`.
 */
export function isDescriptor(path: string): boolean {
  return descriptorOf(path) !== undefined;
}

/**
 * Reads all bytes of a regular file, or of a pipe that our caller opened.
 *
 * Throws FileRefused, also for a pipe that does not end within a minute.
 */
export async function readGiven(path: string, maxBytes: number): Promise<Buffer> {
  const fd = descriptorOf(path);
  return fd !== undefined && isStream(fd) ? await readPipe(fd, maxBytes) : readWhole(path, maxBytes);
}

async function readPipe(fd: number, maxBytes: number): Promise<Buffer> {
  const { Socket } = await import('node:net');
  const expiry = AbortSignal.timeout(MAX_WAIT_MS);
  const pipe = new Socket({ fd, readable: true, writable: false, signal: expiry });
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of pipe as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    if (!expiry.aborted) throw error;
    throw new FileRefused(`is a pipe that did not end within ${MAX_WAIT_MS / 1000} s`, error);
  }
}

function descriptorOf(path: string): number | undefined {
  if (path === '/dev/stdin') return 0;
  const [, fd] = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path) ?? [];
  return fd === undefined ? undefined : Number(fd);
}

function isStream(fd: number): boolean {
  try {
    const facts = fstatSync(fd);
    return facts.isFIFO() || facts.isSocket();
  } catch {
    return false;
  }
}
