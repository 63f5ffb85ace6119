import type { Output } from '../io.ts';

/**
 * The width of a terminal in characters; undefined for a stream that is not a terminal, or whose width is unknown
 * (`script` and many CI runners report 0).
 */
export function findColumns(stream: Output): number | undefined {
  return stream.isTTY === true && stream.columns ? stream.columns : undefined;
}
