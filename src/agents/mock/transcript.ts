import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { StartRefused } from './io.ts';
import type { Environment } from './io.ts';
import type { MockOptions } from './options.ts';
import type { UsageByModel } from './usage.ts';

/** Longer texts are cut: the mock remembers what was said, not a hundred megabytes of it. */
const REMEMBERED_CHARACTERS = 10_000;
/** What is said, and claude's records of the system prompt and of what the conversation has used. */
type Line =
  | { type: 'user'; message: { role: 'user'; content: string }; uuid: string | undefined }
  | { type: 'assistant'; message: { role: 'assistant'; content: string; model: string } }
  | { type: 'prompt-snapshot'; prompt: string }
  | { type: 'cost-state'; modelUsage: UsageByModel };

/**
 * What the mock remembers of a conversation: a file for each working directory and id, as claude keeps it.
 *
 * Where it can't be written it is not, silently; that is claude's way too, and a later `--resume` finds nothing.
 */
export class Transcript {
  readonly sessionId: string;
  readonly #file: string;
  readonly #lines: Line[];

  constructor(folder: string, sessionId: string) {
    this.sessionId = sessionId;
    this.#file = path.join(folder, `${sessionId}.jsonl`);
    this.#lines = existsSync(this.#file)
      ? readFileSync(this.#file, 'utf8').split('\n').flatMap(parseLine)
      : [];
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  /** Goes on with all that was said in another one so far. */
  copy(origin: Transcript): void {
    for (const line of origin.#lines) this.#append(line);
  }

  addUser(text: string, uuid: string | undefined): void {
    const content = text.slice(0, REMEMBERED_CHARACTERS);
    this.#append({ type: 'user', message: { role: 'user', content }, uuid });
  }

  addAnswer(text: string, model: string): void {
    const content = text.slice(0, REMEMBERED_CHARACTERS);
    this.#append({ type: 'assistant', message: { role: 'assistant', content, model } });
  }

  addUsage(modelUsage: UsageByModel): void {
    this.#append({ type: 'cost-state', modelUsage });
  }

  /** The prompt that was recorded at the first request; without one this one is, and stays. */
  recordPrompt(prompt: string): string {
    const recorded = this.#last('prompt-snapshot')?.prompt;
    if (recorded === undefined) this.#append({ type: 'prompt-snapshot', prompt });
    return recorded ?? prompt;
  }

  /** Whether a message of this id was taken before: claude then does not answer it again, however that went. */
  hasTaken(uuid: string | undefined): boolean {
    return uuid !== undefined && this.#lines.some((line) => line.type === 'user' && line.uuid === uuid);
  }

  get userMessages(): string[] {
    return this.#lines.flatMap((line) => (line.type === 'user' ? [line.message.content] : []));
  }

  /** The model of the last answer: claude goes on with it unless told otherwise. */
  get model(): string | undefined {
    return this.#last('assistant')?.message.model;
  }

  /** What the conversation has used in all its processes. */
  get usage(): UsageByModel {
    return structuredClone(this.#last('cost-state')?.modelUsage ?? {});
  }

  #last<Type extends Line['type']>(type: Type): Extract<Line, { type: Type }> | undefined {
    return this.#lines.findLast((line): line is Extract<Line, { type: Type }> => line.type === type);
  }

  #append(line: Line): void {
    const json = JSON.stringify({ ...line, timestamp: new Date().toISOString() });
    // Parsed anew, since a cut string would hold on to the long one it was cut from.
    this.#lines.push(...parseLine(json));
    try {
      mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
      appendFileSync(this.#file, `${json}\n`, { mode: 0o600 });
    } catch {
      // See the promise above.
    }
  }
}

/** The conversation these options ask for: a new one, one to go on with, or a copy of one. Throws StartRefused. */
export function openTranscript(options: MockOptions, folder: string): Transcript {
  const { sessionId = randomUUID(), resume, isFork } = options;
  const transcript = new Transcript(folder, resume !== undefined && !isFork ? resume : sessionId);
  if (resume === undefined) {
    if (transcript.isEmpty) return transcript;
    throw new StartRefused(`Error: Session ID ${sessionId} is already in use.`);
  }
  const origin = isFork ? new Transcript(folder, resume) : transcript;
  if (origin.isEmpty) throw new StartRefused(`No conversation found with session ID: ${resume}`, resume);
  if (isFork) transcript.copy(origin);
  return transcript;
}

/** Where all that the mock keeps is: below CLAUDE_SESSION_HOME, which `session` always passes. */
export function mockFolder(env: Environment): string {
  const configuration = env['XDG_CONFIG_HOME'] || path.join(env['HOME'] || homedir(), '.config');
  return path.join(env['CLAUDE_SESSION_HOME'] || path.join(configuration, 'claude-session'), 'mock');
}

function parseLine(json: string): Line[] {
  try {
    return [JSON.parse(json) as Line];
  } catch {
    return [];
  }
}
