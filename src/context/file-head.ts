import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface Head {
  text: string;
  totalBytes: number;
  /** The file goes on after `text`. */
  isCut: boolean;
}

/** The first bytes of a plain file, as text that ends with a whole character. Throws what the system throws. */
export function readFileHead(path: string, maxBytes: number): Head {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const buffer = Buffer.alloc(Math.min(size, maxBytes));
    const bytes = readSync(fd, buffer, 0, buffer.length, 0);
    const isCut = size > bytes;
    const text = new TextDecoder().decode(buffer.subarray(0, bytes), { stream: isCut });
    return { text, totalBytes: size, isCut };
  } finally {
    closeSync(fd);
  }
}
