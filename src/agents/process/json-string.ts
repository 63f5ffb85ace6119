import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 128 * 1024;

/** The byte range of a JSON string's body in a turn log. */
export interface TextSource {
  start: number;
  end: number;
}

/**
 * The text of a JSON string in a file, in pieces, of any length. Pieces never end inside a character. Invalid escapes
 * are kept as they are.
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

/** The number of bytes, from the start, that are whole characters. */
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

/**
 * The number of bytes of the character at `at`, as UTF-8 or as an escape. An escaped surrogate pair is one character.
 */
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

/** The digits of a high surrogate, and after it a low one, or the beginning of an escape that may become one. */
const ESCAPED_PAIR = /^d[89ab]..($|\\($|u($|d($|[c-f]))))/i;

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-f]{4})/gi;
