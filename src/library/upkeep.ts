import type * as records from '../model/records.ts';
import type { Abortable } from './abort.ts';
import type { ExportFormat, ExportRequest } from './export.ts';
import type { ImportOptions, ImportSource } from './import.ts';
import { SessionTurns } from './session-turns.ts';

/** What keeps a home in order, and brings conversations in and out. */
export class Upkeep extends SessionTurns {
  /**
   * Sessions as text, in pieces: all that are not in the trash, where none are named. `jsonl`, the default, is what
   * `import` reads; the others are to be read.
   */
  async *export({
    signal,
    ...request
  }: ExportRequest & { format?: ExportFormat | undefined } & Abortable = {}): AsyncGenerator<
    string,
    void,
    undefined
  > {
    const { exportText } = await import('./export.ts');
    const pieces = await this.opened.do({ signal }, async (context) => exportText(context, request));
    yield* this.opened.through(pieces, signal);
  }

  /** Imports exports and transcripts of claude, from files or as text. What is there already is left as it is. */
  async import(
    sources: readonly ImportSource[],
    { signal, ...options }: ImportOptions & Abortable = {},
  ): Promise<records.ImportRecord[]> {
    return await this.opened.do({ signal }, async (context) => {
      const { importSources } = await import('./import.ts');
      return await importSources(context, sources, options, { signal });
    });
  }
}
