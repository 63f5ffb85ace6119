import { SessionError } from '../errors.ts';
import type { Mode, Session } from '../model/model.ts';
import type * as records from '../model/records.ts';
import { onAbort } from './abort.ts';
import type { Abortable } from './abort.ts';
import type { ChangeRequest } from './change.ts';
import type { Context } from './context.ts';
import type { CreateRequest } from './create.ts';
import type { ForkOptions } from './fork.ts';
import type { GcOptions } from './gc.ts';
import type { HistoryRequest } from './history.ts';
import type { ListRequest } from './list.ts';
import type { RemoveOptions } from './remove.ts';
import type { SearchRequest } from './search.ts';
import type { StatsRequest } from './stats.ts';
import type { StudyContextRecord, StudyRecord } from './study.ts';
import type { ToldRecord } from './told.ts';
import { Upkeep } from './upkeep.ts';

/**
 * The sessions of one home. A process may open it several times, and the command line may use it at the same time.
 *
 * A selector is a session's id, the beginning of its id, its name, or `@last`. Expected failures are a SessionError.
 */
export class Sessions extends Upkeep {
  /** @internal */
  async check(): Promise<this> {
    await this.opened.check();
    return this;
  }

  /** Creates a session. With `ifMissing`, uses the one with that name if there is one. */
  async create(request: CreateRequest & Abortable = {}): Promise<records.SessionRecord> {
    return await this.opened.do(request, async (context) => {
      const { createFromRequest } = await import('./create.ts');
      return await describe(context, await createFromRequest(context, request));
    });
  }

  /** Undefined when there is none. Throws AMBIGUOUS_SESSION. */
  async find(selector: string, options: Abortable = {}): Promise<records.SessionRecord | undefined> {
    return await this.opened.do(options, async (context) => {
      try {
        return await describe(context, await context.select(selector, 'read'));
      } catch (error) {
        if (error instanceof SessionError && error.code === 'NO_SESSION') return undefined;
        throw error;
      }
    });
  }

  /** Everything about a session: whether its agent is running, counts, cost, its latest turns. Throws NO_SESSION. */
  async info(selector: string, options: Abortable = {}): Promise<records.SessionDetailsRecord> {
    return await this.opened.do(options, async (context) => {
      const { describeDetails } = await import('./describe.ts');
      return await describeDetails(context, await context.select(selector, 'read'));
    });
  }

  /** What the next turn of a session would tell its agent in addition to the message. */
  async preview(selector: string, options: Abortable = {}): Promise<ToldRecord> {
    return await this.opened.do(options, async (context) => {
      const { previewContext } = await import('./told.ts');
      return await previewContext(context, selector);
    });
  }

  /** Lists sessions by latest activity. */
  async list(request: ListRequest & Abortable = {}): Promise<records.SessionRecord[]> {
    return await this.opened.do(request, async (context) => {
      const { listSessions } = await import('./list.ts');
      return (await listSessions(context, request)).records;
    });
  }

  /** Takes effect from the next turn on. A running turn is not changed. Throws POWER_FORBIDDEN. */
  async switchMode(selector: string, mode: Mode, options: Abortable = {}): Promise<records.SessionRecord> {
    return await this.opened.do({ ...options, mode }, async (context) => {
      const { switchModeOf } = await import('./change.ts');
      return await describe(context, (await switchModeOf(context, selector, mode)).after);
    });
  }

  /** Sets the study for the next turn; null for none. Throws STUDY_INVALID. */
  async setStudy(
    selector: string,
    study: string | null,
    options: Abortable = {},
  ): Promise<records.SessionRecord> {
    return await this.opened.do({ ...options, study: study ?? undefined }, async (context) => {
      const { switchStudyOf } = await import('./change.ts');
      return await describe(context, (await switchStudyOf(context, selector, study)).after);
    });
  }

  /** The studies below the root of a session. */
  async studies(selector: string, options: Abortable = {}): Promise<StudyRecord[]> {
    return await this.opened.do(options, async (context) => {
      const { listStudies } = await import('./study.ts');
      return await listStudies(context, selector);
    });
  }

  /** The study of a session, and what its agent is told about it. Throws STUDY_INVALID. */
  async study(selector: string, options: Abortable = {}): Promise<StudyContextRecord> {
    return await this.opened.do(options, async (context) => {
      const { describeStudy } = await import('./study.ts');
      return await describeStudy(context, selector);
    });
  }

  /** Changes a session atomically, from its next turn on. */
  async change(selector: string, request: ChangeRequest & Abortable): Promise<records.SessionRecord> {
    return await this.opened.do(request, async (context) => {
      const { changeSelected } = await import('./change.ts');
      return await describe(context, (await changeSelected(context, selector, request)).after);
    });
  }

  /** The messages of a session, oldest first, read page by page. */
  async *history(
    selector: string,
    { signal, ...request }: HistoryRequest & Abortable = {},
  ): AsyncGenerator<records.MessageRecord, void, undefined> {
    const { openHistory, readWhole } = await import('./history.ts');
    const read = await this.opened.do({ signal, ...request }, (context) =>
      openHistory(context, selector, request),
    );
    yield* this.opened.through(readWhole(read(true)), signal);
  }

  /** Messages with all of these words, the best first. */
  async search(query: string, request: SearchRequest & Abortable = {}): Promise<records.SearchRecord[]> {
    return await this.opened.do({ ...request, query: query ?? null }, async (context) => {
      const { searchMessages } = await import('./search.ts');
      return (await searchMessages(context, query, request)).records;
    });
  }

  /** Sums over turns. */
  async stats(request: StatsRequest & Abortable = {}): Promise<records.StatsRecord[]> {
    return await this.opened.do(request, async (context) => {
      const { readStats } = await import('./stats.ts');
      return await readStats(context, request);
    });
  }

  /** Creates a session with the history of another one. */
  async fork(selector: string, request: ForkOptions & Abortable = {}): Promise<records.SessionRecord> {
    return await this.opened.do(request, async (context) => {
      const { forkSelected } = await import('./fork.ts');
      return await describe(context, await forkSelected(context, selector, request));
    });
  }

  /** Moves a session to the trash, or deletes it. Throws BUSY while a turn runs, unless `force` is set. */
  async remove(selector: string, options: RemoveOptions & Abortable = {}): Promise<records.RemovalRecord> {
    return await this.opened.do(options, async (context, signal) => {
      const { removeSessions } = await import('./remove.ts');
      return (await removeSessions(context, [selector], options, signal))[0]!;
    });
  }

  /** Restores a session from the trash. Throws USAGE when another session has its name now. */
  async restore(selector: string, options: Abortable = {}): Promise<records.SessionRecord> {
    return await this.opened.do(options, async (context) => {
      const { restoreSelected } = await import('./remove.ts');
      return await describe(context, (await restoreSelected(context, selector)).session);
    });
  }

  /** Trashes and deletes old sessions. When aborted, it stops between two steps and keeps what is done. */
  async gc({
    signal,
    onTaken,
    ...options
  }: GcOptions &
    Abortable & {
      onTaken?: ((session: records.GcSessionRecord) => void) | undefined;
    } = {}): Promise<records.GcRecord> {
    const { StopRequest } = await import('./stop-request.ts');
    const stop = new StopRequest();
    const looking = this.opened.look(signal);
    const off = onAbort(looking.signal, () => stop.ask('cancel'));
    try {
      return await this.opened.do({ ...options, onTaken, signal: undefined }, async (context) => {
        const { collect } = await import('./gc.ts');
        return await collect(context, options, { stop, onTaken: async (session) => onTaken?.(session) });
      });
    } finally {
      off();
      looking.end();
    }
  }
}

async function describe(context: Context, session: Session): Promise<records.SessionRecord> {
  const { describeSession } = await import('./describe.ts');
  return await describeSession(context, session);
}
