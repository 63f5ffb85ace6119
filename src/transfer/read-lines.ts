import type { Readable } from 'node:stream';

/** A line beyond this can't be of anything we know, and would not fit into memory twice. */
const LONGEST_BYTES = 128 << 20;
const NEWLINE = 0x0a;

/** Lines of a stream of UTF-8, without their ends; undefined for one that is too long. Memory is that of one line. */
export async function* readLines(
  stream: Readable,
  longestBytes = LONGEST_BYTES,
): AsyncGenerator<string | undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  const take = (last: Buffer): string | undefined => {
    const line =
      bytes + last.length > longestBytes ? undefined : Buffer.concat([...parts, last]).toString('utf8');
    parts = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    let rest = Buffer.from(chunk as string);
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      yield take(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    bytes += rest.length;
    if (bytes <= longestBytes && rest.length > 0) parts.push(rest);
  }
  if (bytes > 0) yield take(Buffer.alloc(0));
}
