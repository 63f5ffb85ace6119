import { SessionError } from '../errors.ts';
import { findStoreUrl } from '../settings/store-url.ts';
import { interrupted, onAbort, throwIfAborted, unlessAborted } from './abort.ts';
import type { Abortable } from './abort.ts';
import { ProgramContext } from './program-context.ts';
import type { OpenOptions } from './program-context.ts';
import type { SentTurn } from './sent-turn.ts';

/** The open sessions of a home in a program: their running work, and how they are closed. */
export class Opened {
  readonly context: ProgramContext;
  readonly #turns = new Set<SentTurn>();
  readonly #running = new Set<Promise<unknown>>();
  /** Aborted when these are closed. */
  readonly #leave = new AbortController();

  constructor(options: OpenOptions) {
    this.context = new ProgramContext(options);
  }

  /** Throws SETTINGS_INVALID for an unusable home. */
  async check(): Promise<void> {
    const { place, paths } = this.context;
    await findStoreUrl(place.env, paths);
    await this.context.settings(undefined);
  }

  async close(): Promise<void> {
    this.#leave.abort();
    await Promise.all([...this.#turns].map((turn) => turn.cancel()));
    await Promise.allSettled(this.#running);
    await this.context.close();
  }

  /**
   * Runs work that is finished before closing, even when the caller no longer waits for it. Long work can end early by
   * the signal that it gets. That is aborted with the caller's signal, and at closing.
   */
  async do<T, Options extends Abortable>(
    options: Options,
    work: (context: ProgramContext, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.throwIfClosed();
    const working = (async () => {
      const { checkOptions } = await import('./options.ts');
      checkOptions(options);
      throwIfAborted(options.signal);
      const looking = this.look(options.signal);
      return await work(this.context, looking.signal).finally(looking.end);
    })();
    return await unlessAborted(this.#track(working), options?.signal);
  }

  /** Yields values. Closing waits while the next one is read. */
  async *through<T>(
    values: AsyncGenerator<T, void>,
    signal?: AbortSignal,
  ): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        const next = await this.do({ signal }, () => values.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      await values.return();
    }
  }

  /** A signal for work that only observes: aborted with the given signal, after a timeout, or at closing. */
  look(signal: AbortSignal | undefined, timeoutMs?: number): { signal: AbortSignal; end(): void } {
    const looking = new AbortController();
    const leave = (): void => looking.abort(interrupted(signal));
    const offs = [onAbort(signal, leave), onAbort(this.#leave.signal, leave)];
    const timer = timeoutMs === undefined ? undefined : setTimeout(leave, timeoutMs);
    return {
      signal: looking.signal,
      end() {
        clearTimeout(timer);
        for (const off of offs) off();
      },
    };
  }

  throwIfClosed(): void {
    if (!this.#leave.signal.aborted) return;
    throw new SessionError('USAGE', 'These sessions are closed.', { hint: 'Open them again.' });
  }

  #track<T>(running: Promise<T>): Promise<T> {
    this.#running.add(running);
    const forget = (): void => void this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  /** Cancels the turn at closing. */
  own(turn: SentTurn): SentTurn {
    this.#turns.add(turn);
    const forget = (): void => void this.#turns.delete(turn);
    turn.result.then(forget, forget);
    return turn;
  }
}
