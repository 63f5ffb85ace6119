import { readStart } from '../system/read-bounded.ts';

export interface Head {
  text: string;
  totalBytes: number;
  /** Whether the file is longer than `text`. */
  isCut: boolean;
}

/** Reads the first bytes of a regular file, as text that ends with a whole character. Throws FileRefused. */
export function readFileHead(path: string, maxBytes: number): Head {
  const { bytes, totalBytes, isCut } = readStart(path, maxBytes);
  return { text: new TextDecoder().decode(bytes, { stream: isCut }), totalBytes, isCut };
}
