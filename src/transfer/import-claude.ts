import type { Store } from '../store/store.ts';
import { addTally } from './incoming.ts';
import type { Importer, ImportRules, Tally } from './incoming.ts';
import { Spool } from './spool.ts';
import { TranscriptIndex } from './transcript-index.ts';
import { mergeTranscript } from './transcript-merge.ts';
import { maskLine, parseLine } from './transcript-line.ts';
import type { TitleLine } from './transcript-line.ts';

/**
 * Reads claude's own transcripts. A file may contain several sessions. At its end each is stored in its own
 * transaction.
 */
export class ClaudeImporter implements Importer {
  readonly #store: Store;
  readonly #rules: ImportRules;
  readonly #tally: Tally;
  readonly #spool = new Spool();
  /** The lines of each session, by the agent's session id in lower case. */
  readonly #sessions = new Map<string, TranscriptIndex>();
  readonly #titles: TitleLine[] = [];
  /** Whether the lines come from a sub-agent's file. */
  isSide = false;

  constructor(store: Store, rules: ImportRules, tally: Tally) {
    this.#store = store;
    this.#rules = rules;
    this.#tally = tally;
  }

  async read(record: Record<string, unknown>): Promise<void> {
    const parsed = parseLine(record, this.isSide);
    if (parsed === undefined) return;
    const { masking } = this.#rules;
    if ('title' in parsed) {
      const title = masking === undefined ? parsed.title.title : masking.text(parsed.title.title);
      const given = { ...parsed.title, title };
      if (parsed.sessionId === undefined) this.#titles.push(given);
      else this.#session(parsed.sessionId).addTitle(given);
      return;
    }
    const line = masking === undefined ? parsed.line : maskLine(parsed.line, masking);
    this.#session(parsed.sessionId).add(line);
  }

  /**
   * Stores the sessions. A session with only lines of sub-agents, and which is not in the store, is kept for a later
   * call.
   */
  async end(): Promise<void> {
    for (const title of this.#titles)
      for (const session of this.#sessions.values())
        if (title.leaf !== null && session.has(title.leaf)) session.addTitle(title);
    this.#titles.length = 0;
    for (const [transcript, index] of this.#sessions) {
      const merged = await this.#store.transfer.import((tx) =>
        mergeTranscript(tx, transcript, index, this.#rules),
      );
      if (merged === undefined) continue;
      this.#sessions.delete(transcript);
      addTally(this.#tally, merged);
    }
  }

  /** Whether no session is left for a later call. */
  get isDone(): boolean {
    return this.#sessions.size === 0;
  }

  close(): void {
    this.#spool.close();
  }

  #session(id: string): TranscriptIndex {
    const key = id.toLowerCase();
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const made = new TranscriptIndex(id, this.#spool);
    this.#sessions.set(key, made);
    return made;
  }
}
