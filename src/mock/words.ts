/** Above this, text comes in larger pieces than words. */
const WORD_BY_WORD_CHARACTERS = 2_000;

/** Words with the space after them, or pieces of a thousand characters when the text is long; no character is cut. */
export function splitWords(text: string): string[] {
  const piece = text.length <= WORD_BY_WORD_CHARACTERS ? /\s*\S+\s*|\s+/gu : /.{1,1000}/gsu;
  return text.match(piece) ?? [];
}
