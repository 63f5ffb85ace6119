import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { StartRefused } from './io.ts';
import type { MockOptions } from './options.ts';
import type { UsageByModel } from './usage.ts';

/** A message, or claude's record of the system prompt or of the conversation's usage. */
type Line =
  | { type: 'user'; text: string; uuid: string | undefined }
  | { type: 'prompt-snapshot'; prompt: string }
  | { type: 'cost-state'; modelUsage: UsageByModel };

/**
 * The mock's file for a conversation: like claude, one for each working directory and id.
 *
 * Like claude, it ignores errors when writing. A later `--resume` then finds nothing.
 */
export class Transcript {
  readonly sessionId: string;
  readonly #file: string;
  readonly #lines: Line[] = [];

  constructor(folder: string, sessionId: string) {
    this.sessionId = sessionId;
    this.#file = path.join(folder, `${sessionId}.jsonl`);
    if (existsSync(this.#file)) this.#lines = readFileSync(this.#file, 'utf8').split('\n').flatMap(parseLine);
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  add(line: Line): void {
    this.#lines.push(line);
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      appendFileSync(this.#file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
    } catch {
      // Ignored, as described above.
    }
  }

  /** Copies the content of another conversation. */
  copy(origin: Transcript): void {
    for (const line of origin.#lines) this.add(line);
  }

  /** Whether a message with this uuid was received before. Claude then does not answer it again. */
  hasTaken(uuid: string | undefined): boolean {
    return uuid !== undefined && this.#lines.some((line) => line.type === 'user' && line.uuid === uuid);
  }

  get userMessages(): string[] {
    return this.#lines.flatMap((line) => (line.type === 'user' ? [line.text] : []));
  }

  last<Type extends Line['type']>(type: Type): Extract<Line, { type: Type }> | undefined {
    return this.#lines.findLast((line): line is Extract<Line, { type: Type }> => line.type === type);
  }
}

/** The conversation that the options name: a new one, one to resume, or a copy of one. Throws StartRefused. */
export function openTranscript(options: MockOptions, folder: string): Transcript {
  const { sessionId = randomUUID(), resume, isFork } = options;
  if (resume === undefined) {
    const transcript = new Transcript(folder, sessionId);
    if (transcript.isEmpty) return transcript;
    throw new StartRefused(`Error: Session ID ${sessionId} is already in use.`);
  }
  const origin = new Transcript(folder, resume);
  if (origin.isEmpty) throw new StartRefused(`No conversation found with session ID: ${resume}`, resume);
  if (!isFork) return origin;
  const fork = new Transcript(folder, sessionId);
  fork.copy(origin);
  return fork;
}

function parseLine(json: string): Line[] {
  try {
    return [JSON.parse(json) as Line];
  } catch {
    return [];
  }
}
