const LINE_BYTES = 64;
const NUMBER_DIGITS = 8;
const ZERO = 0x30;
/** At most 54 bytes, so that the newline still fits. */
const FILLER = {
  ascii: 'the quick brown fox jumps over the lazy dog and back',
  unicode: '12 µm — 日本語 Ω≈ç√ 🙂🙂 naïve',
} as const;

export type EmittedScript = keyof typeof FILLER;

/**
 * The text of `emit` in pieces: numbered lines of 64 bytes (so that nothing can be lost, doubled or swapped unseen),
 * and full stops for what is left over. Exactly `bytes` of UTF-8; pieces are whole lines, so no character is cut.
 */
export function* emittedText(
  bytes: number,
  chunkBytes: number,
  script: EmittedScript = 'ascii',
): Generator<string> {
  const lines = Math.floor(bytes / LINE_BYTES);
  const linesPerPiece = Math.max(1, Math.min(lines, Math.floor(chunkBytes / LINE_BYTES)));
  const piece = Buffer.alloc(linesPerPiece * LINE_BYTES, blankLine(script));
  for (let first = 0; first < lines; first += linesPerPiece) {
    const count = Math.min(linesPerPiece, lines - first);
    for (let line = 0; line < count; line += 1) writeNumber(piece, line * LINE_BYTES, first + line);
    yield piece.toString('utf8', 0, count * LINE_BYTES);
  }
  const left = bytes % LINE_BYTES;
  if (left > 0) yield '.'.repeat(left);
}

/** A line with zeros for its number. */
function blankLine(script: EmittedScript): Buffer {
  const line = Buffer.alloc(LINE_BYTES, ' ');
  line.fill('0', 0, NUMBER_DIGITS);
  line.write(FILLER[script], NUMBER_DIGITS + 1);
  line.write('\n', LINE_BYTES - 1);
  return line;
}

/** Digit by digit into the bytes: a hundred megabytes hold 1.6 million lines. */
function writeNumber(piece: Buffer, offset: number, number: number): void {
  let rest = number;
  for (let at = offset + NUMBER_DIGITS - 1; at >= offset; at -= 1) {
    piece[at] = ZERO + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
