import type { Session } from '../model/model.ts';
import { parseName } from '../sessions/names.ts';
import { forkSession } from '../turns/fork.ts';
import { settleSession } from '../turns/settle.ts';
import type { Context } from './context.ts';

/** The options of a fork. */
export interface ForkOptions {
  name?: string | undefined;
  /** The id of its last message; by default it has all. */
  atMessage?: number | undefined;
}

/** Creates a session with the history of another one. Throws USAGE for a name in use and for a missing message. */
export async function forkSelected(
  context: Context,
  selector: string,
  { name, atMessage }: ForkOptions,
): Promise<Session> {
  const parsed = name === undefined ? null : parseName(name);
  const origin = await context.select(selector, 'write');
  const store = await context.store('write');
  await settleSession({ store, paths: context.paths, env: context.place.env }, origin);
  const settled = (await store.sessions.find(origin.id)) ?? origin;
  return await forkSession(store, settled, { name: parsed, atMessage });
}
