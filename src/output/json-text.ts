import type { TextSource } from './records.ts';
import { isHighSurrogate, isLowSurrogate } from './surrogates.ts';
import type { Writer } from './writer.ts';

const PIECE_CHARS = 64 * 1024;

/** A record with one text that may be too long to hold at once; it is written last. */
export class LongRecord {
  readonly rest: object;
  readonly field: string;
  readonly text: TextSource;

  constructor(rest: object, field: string, text: TextSource) {
    this.rest = rest;
    this.field = field;
    this.text = text;
  }
}

/** Writes a record as JSON on one line, without the line's end. What is written is valid even if a long text breaks off. */
export async function writeJson(record: object, writer: Writer): Promise<void> {
  if (!(record instanceof LongRecord)) {
    await writer.write(JSON.stringify(record));
    return;
  }
  const rest = JSON.stringify(record.rest).slice(0, -1);
  await writer.write(`${rest}${rest === '{' ? '' : ','}${JSON.stringify(record.field)}:"`);
  try {
    for await (const escaped of escapeJson(record.text)) await writer.write(escaped);
  } finally {
    await writer.write('"}');
  }
}

/** The inside of the JSON string of a text, piece by piece; joined, it is what JSON.stringify makes of the whole. */
export async function* escapeJson(text: TextSource): AsyncGenerator<string> {
  let half = '';
  for await (const piece of typeof text === 'string' ? [text] : text) {
    const whole = half + piece;
    const end = isHighSurrogate(whole.at(-1)) ? whole.length - 1 : whole.length;
    half = whole.slice(end);
    for (const part of cutText(whole, end)) yield JSON.stringify(part).slice(1, -1);
  }
  if (half !== '') yield JSON.stringify(half).slice(1, -1);
}

/** Cuts the first `end` characters into parts that do not split a surrogate pair. */
function* cutText(text: string, end: number): Generator<string> {
  for (let at = 0; at < end;) {
    let next = Math.min(at + PIECE_CHARS, end);
    if (isHighSurrogate(text[next - 1]) && isLowSurrogate(text[next])) next += 1;
    yield text.slice(at, next);
    at = next;
  }
}
