/** Above this, text comes in larger pieces than words. */
const WORD_BY_WORD_CHARACTERS = 2_000;
const LINE_BYTES = 64;
const NUMBER_DIGITS = 8;
const ZERO = 0x30;
/** At most 54 bytes, so that the newline still fits. */
const FILLER = {
  ascii: 'the quick brown fox jumps over the lazy dog and back',
  unicode: '12 µm — 日本語 Ω≈ç√ 🙂🙂 naïve',
} as const;

/** Words with the space after them, or pieces of a thousand characters when the text is long; no character is cut. */
export function splitWords(text: string): string[] {
  const piece = text.length <= WORD_BY_WORD_CHARACTERS ? /\s*\S+\s*|\s+/gu : /.{1,1000}/gsu;
  return text.match(piece) ?? [];
}

/**
 * The text of `emit` in pieces: numbered lines of 64 bytes (so that nothing can be lost, doubled or swapped unseen),
 * and full stops for what is left over. Exactly `bytes` of UTF-8; pieces are whole lines, so no character is cut.
 */
export function* emittedText(
  bytes: number,
  chunkBytes: number,
  filler: keyof typeof FILLER = 'ascii',
): Generator<string> {
  const lines = Math.floor(bytes / LINE_BYTES);
  const linesPerPiece = Math.max(1, Math.min(lines, Math.floor(chunkBytes / LINE_BYTES)));
  const line = Buffer.alloc(LINE_BYTES, ' ').fill('0', 0, NUMBER_DIGITS);
  line.write(FILLER[filler], NUMBER_DIGITS + 1);
  line.write('\n', LINE_BYTES - 1);
  const piece = Buffer.alloc(linesPerPiece * LINE_BYTES, line);
  for (let first = 0; first < lines; first += linesPerPiece) {
    const count = Math.min(linesPerPiece, lines - first);
    for (let at = 0; at < count; at += 1) writeNumber(piece, at * LINE_BYTES, first + at);
    yield piece.toString('utf8', 0, count * LINE_BYTES);
  }
  if (bytes % LINE_BYTES > 0) yield '.'.repeat(bytes % LINE_BYTES);
}

/** Digit by digit into the bytes: a hundred megabytes hold 1.6 million lines. */
function writeNumber(piece: Buffer, offset: number, number: number): void {
  let rest = number;
  for (let at = offset + NUMBER_DIGITS - 1; at >= offset; at -= 1) {
    piece[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
