import type { TextSource } from '../model/records.ts';
import { isHighSurrogate, isLowSurrogate } from '../text/surrogates.ts';
import type { Writer } from './writer.ts';

const PIECE_CHARS = 64 * 1024;

/** A record with one text that may be too long for memory. That text is written last. */
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

/**
 * Writes a record as JSON on one line, without the newline. The JSON is valid even when a long text fails in the
 * middle.
 */
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

/**
 * The content of the JSON string of a text, in pieces. Joined, they are what JSON.stringify makes of the whole text.
 *
 * Small pieces are joined first, because a step of an async loop costs more than escaping a line.
 */
export async function* escapeJson(text: TextSource): AsyncGenerator<string> {
  let gathered = '';
  try {
    for await (const piece of typeof text === 'string' ? [text] : text) {
      gathered += piece;
      if (gathered.length < PIECE_CHARS) continue;
      const end = isHighSurrogate(gathered.at(-1)) ? gathered.length - 1 : gathered.length;
      yield* escapeParts(gathered, end);
      gathered = gathered.slice(end);
    }
  } finally {
    // Also when the text fails: what came before is written.
    yield* escapeParts(gathered, gathered.length);
  }
}

/** Escapes the first `end` characters, in parts that don't split a surrogate pair. */
function* escapeParts(text: string, end: number): Generator<string> {
  for (let at = 0; at < end;) {
    let next = Math.min(at + PIECE_CHARS, end);
    if (isHighSurrogate(text[next - 1]) && isLowSurrogate(text[next])) next += 1;
    yield JSON.stringify(text.slice(at, next)).slice(1, -1);
    at = next;
  }
}
