import { readdirSync } from 'node:fs';
import type { Session } from '../model/model.ts';
import type { StoppedRecord, TurnSummaryRecord } from '../model/records.ts';
import { toTurnRecord } from '../model/to-record.ts';
import { stopSession } from '../sessions/stop-session.ts';
import { cancelTurns } from '../turns/cancel.ts';
import type { Context } from './context.ts';

/** Ends the running turn of a session and those waiting, wherever they run. The answer so far is kept. Newest first. */
export async function cancelSelected(
  context: Context,
  selector: string,
  signal?: AbortSignal,
): Promise<{ session: Session; turns: TurnSummaryRecord[] }> {
  const session = await context.select(selector, 'write');
  const services = await context.services(session.root);
  const ended = await cancelTurns(services, session, signal);
  const turns = await Promise.all(ended.map(({ id }) => services.store.turns.find(id)));
  return { session, turns: turns.flatMap((turn) => (turn ? [toTurnRecord(turn)] : [])) };
}

/** Ends the warm agent and the turns of a session, or of all sessions. */
export async function stopSelected(
  context: Context,
  selector?: string,
  signal?: AbortSignal,
): Promise<StoppedRecord[]> {
  const sessions =
    selector === undefined ? await runningSessions(context) : [await context.select(selector, 'write')];
  const stopped: StoppedRecord[] = [];
  for (const session of sessions) {
    const { turns, wasWarm } = await stopSession(await context.services(session.root), session, signal);
    stopped.push({ session_id: session.id, turns: turns.map(({ id }) => id), was_warm: wasWarm });
  }
  return stopped;
}

/** The sessions that may have something running: only those have a directory in `run`. */
async function runningSessions(context: Context): Promise<Session[]> {
  const store = await context.store('write');
  let ids: string[] = [];
  try {
    ids = readdirSync(context.paths.run);
  } catch {
    // There is no such directory, because nothing ever ran.
  }
  const found = await Promise.all(ids.map((id) => store.sessions.find(id)));
  return found.filter((session) => session !== undefined);
}
