import { cutHead } from '../text/markdown.ts';

/** The limit of one answer in characters. It is about 10,000 tokens, which all clients accept. */
export const MAX_ANSWER_CHARS = 40_000;

/**
 * Joins as many of the parts, in order, as fit. When some don't, a last line says so. A first part that is too long is
 * cut.
 */
export function joinBounded(
  parts: string[],
  howToGoOn: (shown: number) => string,
  maxChars = MAX_ANSWER_CHARS,
): string {
  const shown: string[] = [];
  let left = maxChars;
  for (const part of parts) {
    if (part.length > left && shown.length > 0) break;
    shown.push(cutHead(part, left));
    left -= part.length;
  }
  const isWhole = shown.length === parts.length && left >= 0;
  return isWhole ? shown.join('\n\n') : `${shown.join('\n\n')}\n\n${howToGoOn(shown.length)}`;
}
