import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** Longer texts are cut: the mock remembers what was said, not a hundred megabytes of it. */
const REMEMBERED_CHARACTERS = 10_000;

interface TranscriptLine {
  type: 'user' | 'assistant';
  message: { role: string; content: string; model?: string };
  timestamp: string;
}

/**
 * What the mock remembers of a conversation: a file for each working directory and id, as claude keeps it.
 *
 * Where it can't be written it is not, silently; that is claude's way too, and a later `--resume` finds nothing.
 */
export class Transcript {
  readonly #file: string;
  readonly #isKept: boolean;
  #lines: TranscriptLine[] = [];

  constructor(folder: string, sessionId: string, isKept: boolean) {
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

  add(role: 'user' | 'assistant', text: string, model?: string): void {
    const content = text.slice(0, REMEMBERED_CHARACTERS);
    const message = { role, content, ...(model === undefined ? {} : { model }) };
    this.#append({ type: role, message, timestamp: new Date().toISOString() });
  }

  get userMessages(): string[] {
    return this.#lines.filter((line) => line.type === 'user').map((line) => line.message.content);
  }

  /** The model of the last answer: claude goes on with it unless told otherwise. */
  get model(): string | undefined {
    return this.#lines.findLast((line) => line.message.model !== undefined)?.message.model;
  }

  #append(line: TranscriptLine): void {
    const json = JSON.stringify(line);
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

/** Where the transcripts of a working directory are: below CLAUDE_SESSION_HOME, which `session` always passes. */
export function transcriptFolder(env: Record<string, string | undefined>, cwd: string): string {
  const configuration = env['XDG_CONFIG_HOME'] || path.join(env['HOME'] || homedir(), '.config');
  const home = env['CLAUDE_SESSION_HOME'] || path.join(configuration, 'claude-session');
  return path.join(home, 'mock', cwd.replaceAll(/[^a-zA-Z0-9]/g, '-'));
}

function parseLine(json: string): TranscriptLine[] {
  try {
    const line = JSON.parse(json) as TranscriptLine;
    return typeof line.message.content === 'string' ? [line] : [];
  } catch {
    return [];
  }
}
