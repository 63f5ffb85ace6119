/** Longer text is split into larger pieces than words. */
const WORD_BY_WORD_CHARACTERS = 2_000;
const LINE_BYTES = 64;
const NUMBER_DIGITS = 8;
const FILLER = ' the quick brown fox jumps over the lazy dog and back  \n';

/** Splits text into words, each with the space after it. Long text is split into pieces of a thousand characters. */
export function splitWords(text: string): string[] {
  const piece = text.length <= WORD_BY_WORD_CHARACTERS ? /\s*\S+\s*|\s+/gu : /.{1,1000}/gsu;
  return text.match(piece) ?? [];
}

/** The text of `emit` in pieces: numbered lines of 64 bytes, and full stops for the rest. */
export function* emittedText(bytes: number, chunkBytes: number): Generator<string> {
  const lines = Math.floor(bytes / LINE_BYTES);
  const linesPerPiece = Math.max(1, Math.floor(chunkBytes / LINE_BYTES));
  for (let first = 0; first < lines; first += linesPerPiece) {
    const length = Math.min(linesPerPiece, lines - first);
    const numbers = Array.from({ length }, (_, at) => String(first + at).padStart(NUMBER_DIGITS, '0'));
    yield numbers.map((number) => `${number}${FILLER}`).join('');
  }
  if (bytes % LINE_BYTES > 0) yield '.'.repeat(bytes % LINE_BYTES);
}
