import { readLiveStates } from '../sessions/live.ts';
import type { Session, SessionSummary } from '../model/model.ts';
import { toSessionRecord } from '../model/to-record.ts';
import type { SessionRecord } from '../model/records.ts';
import type { GivenRecord } from '../output/session.ts';
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

/** What a session was given, besides what its record tells. */
export function describeGiven({ systemPrompt, attachments, mcpConfigs }: Session): GivenRecord {
  const paths = attachments.map(({ path }) => path);
  return { system_prompt: systemPrompt, context_files: paths, mcp_configs: mcpConfigs };
}

/** Prints what `set` can change of a session, as it is now. */
export async function printChangeable(invocation: Invocation, session: Session): Promise<void> {
  const [described] = await describeSessions(invocation, [session]);
  const record = { ...described!, ...describeGiven(session) };
  const { renderChangeable } = await import('../output/session.ts');
  const { renderRecord } = await import('../output/list.ts');
  if (invocation.format === 'text') await invocation.writer.write(renderChangeable(record));
  else await renderRecord(record, invocation.writer);
}
