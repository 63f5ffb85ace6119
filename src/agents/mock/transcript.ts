import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { StartRefused } from './io.ts';
import type { Environment } from './io.ts';
import type { MockOptions } from './options.ts';
import type { UsageByModel } from './usage.ts';
import { UUID } from '../../text/uuid.ts';

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
  readonly #isKept: boolean;
  #lines: Line[] = [];

  constructor(folder: string, sessionId: string, isKept: boolean) {
    this.sessionId = sessionId;
    this.#file = path.join(folder, `${sessionId}.jsonl`);
    this.#isKept = isKept;
  }

  get exists(): boolean {
    return existsSync(this.#file);
  }

  /** False when there is no conversation to go on with. Lines that are no JSON are skipped. */
  load(): boolean {
    try {
      this.#lines = readFileSync(this.#file, 'utf8').split('\n').flatMap(parseLine);
    } catch {
      return false;
    }
    return this.#lines.length > 0;
  }

  /** Goes on under another id with all that was said so far. */
  fork(folder: string, sessionId: string): Transcript {
    const copy = new Transcript(folder, sessionId, this.#isKept);
    for (const line of this.#lines) copy.#append(line);
    return copy;
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
    return this.#last('cost-state')?.modelUsage ?? {};
  }

  #last<Type extends Line['type']>(type: Type): Extract<Line, { type: Type }> | undefined {
    return this.#lines.findLast((line): line is Extract<Line, { type: Type }> => line.type === type);
  }

  #append(line: Line): void {
    const json = JSON.stringify({ ...line, timestamp: new Date().toISOString() });
    // Parsed anew, since a cut string would hold on to the long one it was cut from.
    this.#lines.push(...parseLine(json));
    if (!this.#isKept) return;
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
  const { sessionId = randomUUID(), resume, fork, persist } = options;
  if (!UUID.test(sessionId)) throw new StartRefused('Error: Invalid session ID. Must be a valid UUID.');
  if (resume === undefined) {
    const transcript = new Transcript(folder, sessionId, persist);
    if (!transcript.exists) return transcript;
    throw new StartRefused(`Error: Session ID ${sessionId} is already in use.`);
  }
  if (options.sessionId !== undefined && !fork)
    throw new StartRefused(
      'Error: --session-id can only be used with --continue or --resume if --fork-session is also specified.',
    );
  if (!UUID.test(resume))
    throw new StartRefused(
      'Error: --resume requires a valid session ID or session title when used with --print. Usage: claude -p --resume <session-id|title>',
    );
  const transcript = new Transcript(folder, resume, persist);
  if (!transcript.load())
    throw new StartRefused(`No conversation found with session ID: ${resume}`, { lostId: resume });
  return fork ? transcript.fork(folder, sessionId) : transcript;
}

/** Where all that the mock keeps is: below CLAUDE_SESSION_HOME, which `session` always passes. */
export function mockFolder(env: Environment): string {
  const configuration = env['XDG_CONFIG_HOME'] || path.join(env['HOME'] || homedir(), '.config');
  return path.join(env['CLAUDE_SESSION_HOME'] || path.join(configuration, 'claude-session'), 'mock');
}

/** Where the transcripts of a working directory are. */
export function transcriptFolder(env: Environment, cwd: string): string {
  return path.join(mockFolder(env), cwd.replaceAll(/[^a-zA-Z0-9]/g, '-'));
}

function parseLine(json: string): Line[] {
  try {
    const line = JSON.parse(json) as Line;
    return typeof line.type === 'string' ? [line] : [];
  } catch {
    return [];
  }
}
