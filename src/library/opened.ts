import { SessionError } from '../errors.ts';
import { findStoreUrl } from '../settings/store-url.ts';
import { interrupted, onAbort, throwIfAborted, unlessAborted } from './abort.ts';
import type { Abortable } from './abort.ts';
import { ProgramContext } from './program-context.ts';
import type { OpenOptions } from './program-context.ts';
import type { SentTurn } from './sent-turn.ts';

/** What is open of a home in a program: what it runs, and how it ends. */
export class Opened {
  readonly context: ProgramContext;
  readonly #turns = new Set<SentTurn>();
  readonly #running = new Set<Promise<unknown>>();
  /** Aborted when these are closed. */
  readonly #leave = new AbortController();

  constructor(options: OpenOptions) {
    this.context = new ProgramContext(options);
  }

  /** Throws SETTINGS_INVALID for what nothing can be done with. */
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
   * Work that is seen through before these are closed, even when nobody waits for it any more. What takes long can end
   * early with the signal that it is given: it is aborted with the one of the caller, and when these are closed.
   */
  async do<T>(
    { signal }: Abortable,
    work: (context: ProgramContext, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.throwIfClosed();
    throwIfAborted(signal);
    const looking = this.look(signal);
    const working = work(this.context, looking.signal).finally(looking.end);
    return await unlessAborted(this.#track(working), signal);
  }

  /** Hands values on; while the next one is being read, these are not closed. */
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

  /** For who only looks on: ends with the given signal, after a time, or when these are closed. */
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

  /** Cancels the turn when these are closed. */
  own(turn: SentTurn): SentTurn {
    this.#turns.add(turn);
    const forget = (): void => void this.#turns.delete(turn);
    turn.result.then(forget, forget);
    return turn;
  }
}
