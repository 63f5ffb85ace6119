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

/** A session as its record, and what it was given besides. */
export async function describeWhole(
  invocation: Invocation,
  session: Session,
): Promise<SessionRecord & GivenRecord> {
  const [record] = await describeSessions(invocation, [session]);
  const { systemPrompt, attachments, mcpConfigs, allowedTools } = session;
  return {
    ...record!,
    system_prompt: systemPrompt,
    context_files: attachments.map(({ path }) => path),
    mcp_configs: mcpConfigs,
    allowed_tools: allowedTools,
  };
}

/** Prints one session: its record, or in text what is given. */
export async function printSession(invocation: Invocation, session: Session, text = ''): Promise<void> {
  await invocation.printer.record(async () => (await describeSessions(invocation, [session]))[0]!, text);
}
