import { readLiveStates, readWarmAgent } from '../sessions/live.ts';
import type { Session, SessionSummary } from '../model/model.ts';
import {
  toModeSwitchRecord,
  toSessionChangeRecord,
  toSessionRecord,
  toTurnRecord,
  toWarmRecord,
} from '../model/to-record.ts';
import { isModeSwitch } from '../model/session-change.ts';
import type { SessionDetailsRecord, SessionGivenRecord, SessionRecord } from '../model/records.ts';
import type { Context } from './context.ts';

const SHOWN_TURNS = 5;

/** Sessions as records, with their current activity. */
export async function describeSessions(
  context: Context,
  sessions: SessionSummary[],
): Promise<SessionRecord[]> {
  const store = await context.store('read');
  const states = await readLiveStates({ store, paths: context.paths }, sessions);
  return sessions.map((session) => toSessionRecord(session, states.get(session.id)!));
}

export async function describeSession(context: Context, session: Session): Promise<SessionRecord> {
  const [record] = await describeSessions(context, [session]);
  return record!;
}

/** A session's record, with its long fields. */
export async function describeWhole(context: Context, session: Session): Promise<SessionGivenRecord> {
  const { systemPrompt, attachments, mcpConfigs, addedDirs, allowedTools } = session;
  return {
    ...(await describeSession(context, session)),
    system_prompt: systemPrompt,
    context_files: attachments.map(({ path }) => path),
    mcp_configs: mcpConfigs,
    added_dirs: addedDirs,
    allowed_tools: allowedTools,
  };
}

/** Everything about a session, with its warm agent, its changes and its latest turns. */
export async function describeDetails(context: Context, session: Session): Promise<SessionDetailsRecord> {
  const store = await context.store('read');
  const changes = await store.sessions.changes(session.id);
  return {
    ...(await describeWhole(context, session)),
    warm_agent: toWarmRecord(await readWarmAgent(context, session)),
    mode_switches: changes.filter(isModeSwitch).map(toModeSwitchRecord),
    changes: changes.map(toSessionChangeRecord),
    last_turns: (await store.turns.last(session.id, SHOWN_TURNS)).map(toTurnRecord),
  };
}
