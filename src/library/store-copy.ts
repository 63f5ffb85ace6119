import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { StoreCopyRecord } from '../model/records.ts';
import { hidePassword } from '../settings/store-url.ts';
import { openShared } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { findStorePath } from './store.ts';

/**
 * Copies all sessions of the configured store into a database, or into the file of an embedded store. An interrupted
 * copy continues when it is started again. Throws USAGE for an invalid target.
 */
export async function copyStore(
  context: Context,
  given: string | undefined,
  signal: AbortSignal,
): Promise<StoreCopyRecord> {
  if (!given)
    throw new SessionError('USAGE', 'store copy takes --to.', {
      hint: 'For example: session store copy --to postgres://user@host/database',
    });
  const path = await findStorePath(context);
  const isUrl = /^postgres(ql)?:\/\//.test(given);
  const where = isUrl ? hidePassword(given) : resolve(context.place.cwd, given);
  if (where === path) throw new SessionError('USAGE', `The store is at ${where} already.`);
  const from = await context.store('read');
  const to = await openTarget(context, isUrl ? given : where, isUrl);
  const record: StoreCopyRecord = {
    path,
    to: where,
    sessions: 0,
    known: 0,
    turns: 0,
    messages: 0,
    left_out: [],
  };
  try {
    const { copySessions } = await import('../transfer/copy.ts');
    for await (const { id, outcome, turns, messages } of copySessions(from, to, signal)) {
      if (outcome === 'used') record.left_out.push(id);
      else record[outcome === 'copied' ? 'sessions' : 'known']++;
      record.turns += turns;
      record.messages += messages;
    }
  } finally {
    await to.close();
  }
  return record;
}

async function openTarget({ place, paths }: Context, target: string, isUrl: boolean): Promise<Store> {
  if (isUrl) return await openShared(target, place.env, paths, { access: 'write' });
  const { openStore } = await import('../store/sqlite/open.ts');
  return await openStore(target, { access: 'write' });
}
