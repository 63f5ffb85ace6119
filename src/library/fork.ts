import type { Session } from '../model/model.ts';
import { parseName } from '../sessions/names.ts';
import { forkSession } from '../turns/fork.ts';
import { settleSession } from '../turns/settle.ts';
import type { Context } from './context.ts';

/** What a fork is to be. */
export interface ForkOptions {
  name?: string | undefined;
  /** The id of the last message it is to have; all of them without. */
  atMessage?: number | undefined;
}

/** Makes a session with the history of another. Throws USAGE for a name that is taken and a message that is not there. */
export async function forkSelected(
  context: Context,
  selector: string,
  { name, atMessage }: ForkOptions,
): Promise<Session> {
  const parsed = name === undefined ? null : parseName(name);
  const origin = await context.select(selector, 'write');
  const store = await context.store('write');
  await settleSession({ store, paths: context.paths }, origin);
  const settled = (await store.sessions.find(origin.id)) ?? origin;
  return await forkSession(store, settled, { name: parsed, atMessage });
}
