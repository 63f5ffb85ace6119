import { setTimeout as pause } from 'node:timers/promises';
import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import type { Turn } from '../model/model.ts';
import type { LeaseStore } from '../store/lease-store.ts';
import type { Store } from '../store/store.ts';
import type { StopRequest } from './stop-request.ts';
import { ProgressCounter } from './progress.ts';
import type { TurnProgress } from './progress.ts';

const RENEW_MS = 1000;
const LOOK_MS = 500;

/**
 * Renews the lease of a turn and publishes its records for other machines, until it is released. Does nothing for a
 * store of one machine. Stops the turn when another machine asks for it, or has taken the turn over.
 */
export class HeldTurn {
  readonly #leases: LeaseStore | undefined;
  readonly #turn: Turn;
  readonly #stop: StopRequest;
  readonly #isTold: boolean;
  readonly #timer: NodeJS.Timeout | undefined;
  #told: TurnOutput[] = [];
  #renewing: Promise<void> | undefined;

  constructor({ leases }: Store, turn: Turn, stop: StopRequest) {
    this.#leases = leases;
    this.#turn = turn;
    this.#stop = stop;
    // Records that are masked only in the store are not published.
    this.#isTold = turn.limits.redact === undefined || turn.limits.redact.stream === true;
    if (leases !== undefined) this.#timer = setInterval(() => (this.#renewing ??= this.#renew()), RENEW_MS);
  }

  tell(outputs: readonly TurnOutput[]): void {
    if (this.#leases === undefined || !this.#isTold) return;
    this.#told.push(...outputs.filter(({ type }) => type !== 'done' && type !== 'error'));
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
  }

  async #renew(): Promise<void> {
    const told = this.#told;
    this.#told = [];
    try {
      const records = told.length === 0 ? '' : JSON.stringify(told);
      const lease = await this.#leases!.renew(this.#turn.id, this.#turn.owner!, records);
      if (lease !== 'held' && this.#stop.reason === undefined)
        this.#stop.ask(lease === 'cancelled' ? 'cancel' : 'lost');
    } catch (error) {
      // It is tried again. When the store can't be reached for too long, another machine may take the turn over.
      if (!(error instanceof SessionError)) throw error;
      this.#told = [...told, ...this.#told];
    } finally {
      this.#renewing = undefined;
    }
  }
}

/**
 * The records of a turn that runs on another machine, as they reach the store. Returns how much was yielded; undefined
 * when nothing was.
 */
export async function* followElsewhere(
  leases: LeaseStore,
  turn: Turn,
  isOver: () => boolean,
): AsyncGenerator<TurnOutput[], TurnProgress | undefined> {
  const progress = new ProgressCounter();
  let isBegun = false;
  for (let after = 0; !isOver(); await pause(LOOK_MS))
    for (const { n, records } of await leases.told(turn.id, after)) {
      after = n;
      const outputs = JSON.parse(records) as TurnOutput[];
      for (const output of outputs) progress.add(output);
      isBegun = true;
      yield outputs;
    }
  return isBegun ? progress : undefined;
}
