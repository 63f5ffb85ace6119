import { existsSync, utimesSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Agent } from '../agents/agent.ts';
import { findAgent } from '../agents/table.ts';
import { systemCode } from '../errors.ts';
import type { Paths } from '../settings/paths.ts';
import type { StatusRecord } from '../model/records.ts';
import type { Session, Turn } from '../model/model.ts';
import type { StopRequest } from './stop-request.ts';
import type { Ended } from './supervise.ts';

/** The first pause between attempts when the agent gives no time. It doubles each time, up to a maximum. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
/** A random delay after the time that the agent gave, so that waiting turns don't all try again at once. */
const SPREAD_MS = 2_000;
const LOOK_MS = 500;
/** How often the log is touched, to show other hosts that this process is alive. */
const SIGN_OF_LIFE_MS = 15_000;

/** Waits for the end of usage limits and overloads for one turn, no longer than its sender allows. */
export class LimitWait {
  readonly #paths: Paths;
  readonly #turn: Turn;
  readonly #agent: Agent;
  readonly #stop: StopRequest;
  #leftMs: number;
  #pauseMs = FIRST_PAUSE_MS;
  /** The time waited so far. */
  waitedMs = 0;

  constructor(paths: Paths, session: Session, turn: Turn, waitLimitMs: number, stop: StopRequest) {
    this.#agent = findAgent(session.agent);
    this.#paths = paths;
    this.#turn = turn;
    this.#leftMs = waitLimitMs;
    this.#stop = stop;
  }

  /** When to try again after such an end; undefined when it was not a limit, or the limit ends too late. */
  plan({ outcome, stderr, exit }: Ended): { at: number; told: StatusRecord } | undefined {
    if (this.#stop.reason !== undefined || outcome.init === null) return undefined;
    const { result, retryAt: endsAt } = outcome;
    const { code, retryAt } = this.#agent.classify({ result, retryAt: endsAt, stderr, exit });
    if (code !== 'LIMIT_REACHED' && code !== 'OVERLOADED') return undefined;
    const waitMs =
      retryAt === null ? this.#pauseMs : Math.max(retryAt - Date.now(), 0) + Math.random() * SPREAD_MS;
    if (waitMs > this.#leftMs) return undefined;
    if (retryAt === null) this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    const at = Math.ceil(Date.now() + waitMs);
    const { sessionId: session_id, id: turn_id } = this.#turn;
    const retry_at = new Date(at).toISOString();
    return { at, told: { type: 'status', session_id, turn_id, status: 'waiting_for_limit', code, retry_at } };
  }

  /**
   * Waits until a time; false when the turn was stopped meanwhile. It uses the wall clock, so that a machine that
   * sleeps does not wait longer.
   */
  async until(at: number, logPath: string): Promise<boolean> {
    const begun = Date.now();
    const cancelMark = this.#paths.cancelMark(this.#turn.sessionId, this.#turn.id);
    const leave = new AbortController();
    const unlisten = this.#stop.listen(() => leave.abort());
    let shownAt = 0;
    while (Date.now() < at && !leave.signal.aborted && !existsSync(cancelMark)) {
      if (Date.now() - shownAt > SIGN_OF_LIFE_MS) touch(logPath, (shownAt = Date.now()));
      const ms = Math.min(LOOK_MS, at - Date.now());
      await pause(Math.max(ms, 0), undefined, { signal: leave.signal }).catch(() => {});
    }
    unlisten();
    const waited = Date.now() - begun;
    this.waitedMs += waited;
    this.#leftMs -= waited;
    return !leave.signal.aborted && !existsSync(cancelMark);
  }
}

function touch(path: string, at: number): void {
  try {
    utimesSync(path, at / 1000, at / 1000);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
