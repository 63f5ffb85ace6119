import { readLiveStates } from '../core/live.ts';
import type { Session } from '../core/model.ts';
import { toSessionRecord } from '../output/to-record.ts';
import type { SessionRecord } from '../output/records.ts';
import type { Invocation } from './invocation.ts';

/** Sessions as records, with what is going on in them now. */
export async function describeSessions(
  invocation: Invocation,
  sessions: Session[],
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
