import { readLiveStates } from '../sessions/live.ts';
import type { Session, SessionSummary } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import { toSessionRecord } from '../model/to-record.ts';
import type { SessionRecord } from '../model/records.ts';
import type { Store } from '../store/store.ts';
import type { Invocation } from './invocation.ts';

/** Sessions as records, with what is going on in them now. */
export async function describeSessions(
  invocation: Invocation,
  sessions: SessionSummary[],
): Promise<SessionRecord[]> {
  const store = await invocation.store('read');
  const states = await readLiveStates({ store, paths: invocation.paths }, sessions);
  return sessions.map((session) => toSessionRecord(session, states.get(session.id)!));
}

/** Prints one session as JSON. */
export async function printSession(invocation: Invocation, session: Session): Promise<void> {
  const { renderRecord } = await import('../output/list.ts');
  const [record] = await describeSessions(invocation, [session]);
  await renderRecord(record!, invocation.writer);
}

/** Changes a session and prints it as it is then, in JSON. Throws NO_SESSION when it was deleted meanwhile. */
export async function changeAndPrint(
  invocation: Invocation,
  session: Session,
  change: (store: Store) => Promise<boolean>,
): Promise<void> {
  const store = await invocation.store('write');
  const changed = (await change(store)) ? await store.sessions.find(session.id) : undefined;
  if (changed === undefined)
    throw new SessionError('NO_SESSION', `Session ${session.id} was deleted meanwhile.`);
  if (invocation.format !== 'text') await printSession(invocation, changed);
}

/** Pins sessions, or unpins them, and prints them as they are then, in JSON. */
export async function pinSessions(
  invocation: Invocation,
  selectors: readonly string[],
  pinned: boolean,
): Promise<void> {
  const store = await invocation.store('write');
  const sessions: Session[] = [];
  for (const selector of selectors) sessions.push(await invocation.select(selector, 'write'));
  for (const { id } of sessions) await store.sessions.change(id, { pinned });
  if (invocation.format === 'text') return;
  const { renderRecords } = await import('../output/list.ts');
  const records = await describeSessions(
    invocation,
    sessions.map((session) => ({ ...session, pinned })),
  );
  await renderRecords(records, invocation.format, invocation.writer);
}
