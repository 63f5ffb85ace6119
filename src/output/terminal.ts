import type { Output } from '../io.ts';

/**
 * How many characters a line of the terminal holds; undefined for what is no terminal, or one that does not know
 * (`script` and many CI runners report 0, which sends programs that divide by it into endless loops).
 */
export function findColumns(stream: Output): number | undefined {
  return stream.isTTY === true && stream.columns ? stream.columns : undefined;
}
