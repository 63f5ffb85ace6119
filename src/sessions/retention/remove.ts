import { removeTranscript } from '../../agents/claude/transcript.ts';
import { SessionError } from '../../errors.ts';
import type { Session } from '../../model/model.ts';
import type { TakenSession } from '../../store/retention-store.ts';
import type { Store } from '../../store/store.ts';
import type { Services } from '../../turns/services.ts';
import { settleSession } from '../../turns/settle.ts';
import { closeWarm } from '../../turns/warm.ts';
import { removeRunDirectory } from './run-directories.ts';

/** Throws BUSY when a turn of the session runs or waits. */
export async function requireIdle(services: Services, session: Session): Promise<void> {
  await settleSession(services, session);
  if ((await services.store.turns.open(session.id)).length > 0) throw busy(session);
}

/**
 * Moves a session to the trash, and stops its warm agent. False when it is there already. Throws BUSY when a turn began
 * meanwhile.
 */
export async function trashSession(services: Services, session: Session): Promise<boolean> {
  if (session.trashedAt !== null) return false;
  await closeWarm(services, session);
  if (!(await services.store.retention.trash(session.id, Date.now()))) throw busy(session);
  return true;
}

/**
 * Deletes a trashed session permanently, with its run files. With `transcript`, also deletes the agent's files of it,
 * and returns their number. Throws AGENT_FAILED, after all else is deleted, when one of them could not be removed.
 */
export async function purgeSession(
  services: Services,
  session: Session,
  transcript: boolean,
): Promise<number> {
  const { store } = services;
  const conversations = transcript ? await store.sessions.agentConversations(session.id) : [];
  const failures: SessionError[] = [];
  const removed = removeAgentFiles(services, { ...session, conversations }, (each) => failures.push(each));
  await purgeAll(store, [session.id]);
  await removeRunDirectory(services, session.id);
  if (failures[0] !== undefined) throw failures[0];
  return removed;
}

/** Removes the agent's files of a session before it is deleted. Returns the number of transcripts. */
export function removeAgentFiles(
  { env, paths }: Pick<Services, 'env' | 'paths'>,
  { agent, conversations }: Pick<TakenSession, 'agent' | 'conversations'>,
  onFailure: (failure: SessionError) => void,
): number {
  const where = { env, mockFolder: paths.mock };
  return conversations.reduce((sum, id) => sum + removeTranscript(agent, id, where, onFailure), 0);
}

/** Deletes trashed sessions permanently. Returns those that no other process deleted meanwhile. */
export async function purgeAll(
  { retention }: Store,
  ids: readonly string[],
  rest?: () => Promise<void>,
): Promise<string[]> {
  const all: string[] = [];
  for (let left = ids; left.length > 0; await rest?.()) {
    const part = await retention.purge(left);
    all.push(...part.purged);
    left = part.left;
  }
  return all;
}

/** The last step of purging: removes the deleted text from the search index. */
export async function dropDeletedWords({ store }: Pick<Services, 'store'>): Promise<void> {
  while (!(await store.retention.cleanIndex()));
}

/**
 * Restores a session from the trash. False when it is not there. Throws USAGE when another session has its name now.
 */
export async function restoreSession({ store }: Pick<Services, 'store'>, session: Session): Promise<boolean> {
  if (session.trashedAt === null) return false;
  try {
    if (await store.retention.restore(session.id, Date.now())) return true;
  } catch (error) {
    if (!(error instanceof SessionError) || error.code !== 'USAGE') throw error;
    throw new SessionError('USAGE', error.message, {
      hint: 'Give that session another name first, with "session set ID --name NAME".',
      cause: error,
    });
  }
  throw new SessionError('NO_SESSION', `Session ${session.id} is being deleted for good.`);
}

function busy({ id }: Session): SessionError {
  return new SessionError('BUSY', `A turn of session ${id} is running.`, {
    hint: `Wait for it with "session wait ${id}", or stop it with --force.`,
  });
}
