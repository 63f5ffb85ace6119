import type { PlannedSession, PlanRequest, PlanStep } from '../../src/store/retention-store.ts';
import type { NewSession } from '../../src/store/session-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newSession, newTurn, turnEnd } from './store-model.ts';

/** The result of a plan at time 9000. */
export interface PlanRun {
  steps: PlanStep[];
  sessions: PlannedSession[];
  kept: number;
  /**
   * Each action with the last digits of its sessions' ids, in order. `*` marks those that are removed only to free
   * space.
   */
  words: string;
}

/** Runs a plan with only the given limits, and applies its steps if `isApplied`. */
export async function run(store: Store, request: Partial<PlanRequest>, isApplied = false): Promise<PlanRun> {
  const steps: PlanStep[] = [];
  const nothing = { maxAgeMs: 9_000, purgeAfterMs: 9_000, keepLast: 0, excessBytes: 0, spare: new Map() };
  const full: PlanRequest = { at: 9_000, ...nothing, ...request };
  for await (const step of store.retention.plan(full)) {
    steps.push(step);
    if (!isApplied) continue;
    const taken = await store.retention.apply(step, full.at);
    let left: readonly string[] = step.action === 'purge' ? taken.map(({ id }) => id) : [];
    while (left.length > 0) ({ left } = await store.retention.purge(left));
  }
  const said = new Map<string, string>();
  for (const { action, isForSize, sessions } of steps) {
    const key = isForSize ? `${action}*` : action;
    const digits = sessions.map(({ id }) => ` ${id.slice(-1)}`).join('');
    if (digits !== '') said.set(key, (said.get(key) ?? key) + digits);
  }
  return {
    steps,
    sessions: steps.flatMap(({ sessions }) => sessions),
    kept: steps.filter(({ action }) => action === 'trash').reduce((sum, step) => sum + step.kept, 0),
    words: [...said.values()].join('; '),
  };
}

/** Adds a session that was last active at a time, with one turn whose question and answer have ten bytes each. */
export async function addSession(
  store: Store,
  id: string,
  at: number,
  given: Partial<NewSession> = {},
): Promise<void> {
  await store.sessions.insert(newSession({ id, createdAt: at, ...given }));
  await addTurn(store, id, at);
}

export async function addTurn(store: Store, id: string, at: number, answer = 'ä'.repeat(5)): Promise<number> {
  const { turn } = await store.turns.enqueue(newTurn(id, { at, message: '0123456789' }));
  await store.turns.finish(turn.id, 'me', turnEnd({ answer: [answer], endedAt: at }));
  return turn.id;
}
