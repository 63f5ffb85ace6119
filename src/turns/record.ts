import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInterface } from 'node:readline';
import { writeUserFile } from '../system/user-file.ts';
import type { Turn } from '../model/model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import type { Services } from './services.ts';

/**
 * Copies the agent's raw stream to a file (`send --record`), and prints a notice when it can't.
 *
 * When secrets are masked, the previews of texts are left out, because they split secrets.
 */
export async function keepRecord(
  { notice, paths }: Pick<Services, 'notice' | 'paths'>,
  { limits }: Turn,
  logPath: string,
  recordPath: string,
): Promise<void> {
  try {
    const { redact } = limits;
    await writeUserFile(recordPath, paths.home, async (file) => {
      const log = createReadStream(logPath);
      const lines = redact === undefined ? log : maskLines(log, createRedactor(redact));
      await pipeline(lines, file, { end: false });
    });
  } catch (error) {
    notice(`the agent's stream could not be kept: ${(error as Error).message}`);
  }
}

async function* maskLines(log: Readable, redactor: Redactor): AsyncGenerator<string> {
  const copy = new MaskedCopy(redactor);
  for await (const line of createInterface({ input: log, crlfDelay: Infinity })) yield copy.add(line);
  yield copy.finish();
}

type Block = { type?: unknown; text?: unknown };
type Event = { type?: unknown; message?: { id?: unknown; content?: unknown }; result?: unknown };

/** Masks the lines of a stream. The text blocks of one message come in separate lines, and are masked as one text. */
class MaskedCopy {
  readonly #redactor: Redactor;
  /** The lines of the current message, held until it is complete. */
  #held: unknown[] = [];
  #messageId: unknown;
  /** The masked texts of the last message. The result repeats the last of them. */
  #masked = new Map<unknown, string>();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Adds a line, and returns what can be written. */
  add(line: string): string {
    const event = parse(line);
    if (event.type === 'stream_event') return '';
    const isOther = event.type === 'assistant' && event.message?.id !== this.#messageId;
    const before = isOther || event.type === 'result' ? this.finish() : '';
    if (event.type === 'assistant') this.#messageId = event.message?.id;
    if (event.type === 'result' && this.#masked.has(event.result))
      event.result = this.#masked.get(event.result);
    this.#held.push(event.type === undefined ? line : event);
    return before;
  }

  finish(): string {
    const blocks = this.#held.flatMap(findTextBlocks);
    const masked = this.#redactor.together(blocks.map(({ text }) => text));
    if (blocks.length > 0) this.#masked = new Map(blocks.map(({ text }, at) => [text, masked[at]!]));
    for (const [at, block] of blocks.entries()) block.text = masked[at]!;
    const { json, text } = this.#redactor;
    const lines = this.#held.map((each) =>
      typeof each === 'string' ? text(each) : JSON.stringify(json(each)),
    );
    this.#held = [];
    return lines.map((line) => `${line}\n`).join('');
  }
}

function parse(line: string): Event {
  try {
    const event = JSON.parse(line) as unknown;
    return typeof event === 'object' && event !== null ? event : {};
  } catch {
    return {};
  }
}

function findTextBlocks(event: unknown): { text: string }[] {
  if (typeof event === 'string' || (event as Event).type !== 'assistant') return [];
  const content = (event as Event).message?.content;
  const blocks = Array.isArray(content) ? (content as (Block | null)[]) : [];
  return blocks.filter((block): block is { text: string } => typeof block?.text === 'string');
}
