/** No file that we know has a longer line, and twice its length would not fit into memory. */
const LONGEST_BYTES = 128 << 20;
const NEWLINE = 0x0a;

/**
 * Yields the lines of a stream of UTF-8, without line ends. Yields undefined for a line that is too long, as soon as it
 * is.
 *
 * At most one line is held in memory. Lines end only at \n, because JSON may contain U+2028.
 */
export async function* readLines(
  stream: AsyncIterable<unknown>,
  longestBytes = LONGEST_BYTES,
): AsyncGenerator<string | undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : (piece as Buffer);
    for (let from = 0; from < chunk.length;) {
      const newline = chunk.indexOf(NEWLINE, from);
      const end = newline === -1 ? chunk.length : newline;
      const wasTooLong = bytes > longestBytes;
      bytes += end - from;
      if (bytes > longestBytes) {
        parts = [];
        if (!wasTooLong) yield undefined;
      } else if (newline === -1) parts.push(chunk.subarray(from));
      else if (parts.length === 0) yield chunk.toString('utf8', from, end);
      else yield Buffer.concat([...parts, chunk.subarray(from, end)]).toString('utf8');
      if (newline !== -1) {
        parts = [];
        bytes = 0;
      }
      from = end + 1;
    }
  }
  if (parts.length > 0) yield Buffer.concat(parts).toString('utf8');
}
