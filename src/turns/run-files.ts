import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LaterLine } from '../agents/answer/answer.ts';
import { readRunFile } from '../agents/process/run-file.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { Paths } from '../settings/paths.ts';
import type { Preparation } from './prepare.ts';
import type { Route } from './continuity.ts';
import { AGENTS } from '../model/model.ts';
import type { AgentContext, AgentName, Turn, UsageByModel } from '../model/model.ts';

/** What another process must know to see a turn through when ours is gone; kept beside the turn's log. */
export interface AgentTrace extends Pick<Route, 'continuity' | 'sinceTurn'> {
  agent: AgentName;
  /** The agent process (see system/owner.ts). */
  owner: string;
  /** The agent process has other turns in the same log, and stays up after this one. */
  isShared: boolean;
  /** Of the user line that is to be answered. */
  uuid: string;
  /** Those with which the turn went on after a usage limit. */
  later: LaterLine[];
  /** What the conversation had used before the turn, by the agent's own sums. */
  spentBefore: UsageByModel | null;
  /** What the conversation was told by the turn; null where that is what it was told before. */
  context: AgentContext | null;
  /** Whether the model was asked for by name; the conversation does not go on with it by itself then. */
  isModelChosen?: boolean;
  /** The log and where in it the turn begins. */
  logPath: string;
  logStart: number;
}

/** Lays the agent's files out, readable by their owner alone. Throws STORE_FULL or STORE_UNREADABLE. */
export function writeAgentFiles(paths: Paths, sessionId: string, preparation: Preparation): void {
  writeRunFile(paths, sessionId, paths.systemPrompt(sessionId), preparation.briefing.prompt);
  const document = `${JSON.stringify(preparation.mcp.document, null, 2)}\n`;
  writeRunFile(paths, sessionId, paths.mcpConfig(sessionId), document);
}

export function writeAgentTrace(paths: Paths, { sessionId, id }: Turn, trace: AgentTrace): void {
  const path = paths.agentIdentity(sessionId, id);
  writeRunFile(paths, sessionId, `${path}.new`, JSON.stringify(trace));
  guard(path, () => renameSync(`${path}.new`, path));
}

/** Undefined when the turn never got as far as an agent, or what is there is no trace. */
export function readAgentTrace(
  paths: Paths,
  { sessionId, id }: Pick<Turn, 'sessionId' | 'id'>,
): AgentTrace | undefined {
  const trace = readRunFile<AgentTrace>(paths.agentIdentity(sessionId, id), ['owner']);
  const isPath = typeof trace?.logPath === 'string';
  const logPath = isPath ? trace.logPath : paths.turnLog(sessionId, id);
  // The version before this one wrote no agent and no later lines.
  return (
    trace && {
      ...trace,
      agent: AGENTS.find((name) => name === trace.agent) ?? 'claude',
      later: Array.isArray(trace.later) ? trace.later : [],
      logPath,
    }
  );
}

/** Asks whoever owns the turn to count its end as a cancellation. */
export function markCancelled(paths: Paths, { sessionId, id }: Turn): void {
  writeRunFile(paths, sessionId, paths.cancelMark(sessionId, id), '');
}

/** Takes the mark away again, when the turn ended while it was made. */
export function unmarkCancelled(paths: Paths, { sessionId, id }: Turn): void {
  discard(paths.cancelMark(sessionId, id));
  removeRunDirectory(paths, sessionId);
}

/** Empties the traces of a turn's first attempt, so that its second begins a log of its own. */
export function clearLog(paths: Paths, { sessionId, id }: Turn): void {
  for (const path of [paths.turnLog(sessionId, id), paths.agentStderr(sessionId, id)])
    guard(path, () => rmSync(path, { force: true }));
}

/** Removes what an agent was started with. Before its turn is stored as ended: then the next one's are there. */
export function removeAgentFiles(paths: Paths, sessionId: string): void {
  discard(paths.systemPrompt(sessionId));
  discard(paths.mcpConfig(sessionId));
}

/** Removes what a turn left in the run directory, and the directory when nothing else is in it. */
export function removeTurnFiles(paths: Paths, { sessionId, id }: Pick<Turn, 'sessionId' | 'id'>): void {
  for (const name of listRunFiles(paths, sessionId))
    if (name.startsWith(`${id}.`)) discard(join(paths.sessionRun(sessionId), name));
  removeRunDirectory(paths, sessionId);
}

/** Whether a warm agent's host has files here. */
export function hasWarmFiles(paths: Paths, sessionId: string): boolean {
  return listRunFiles(paths, sessionId).some((name) => name.startsWith('warm.'));
}

/** Removes what a warm agent and its host had, but for the lock, which is the caller's. */
export function removeWarmFiles(paths: Paths, sessionId: string): void {
  const lock = basename(paths.warmLock(sessionId));
  for (const name of listRunFiles(paths, sessionId))
    if (name.startsWith('warm.') && name !== lock) discard(join(paths.sessionRun(sessionId), name));
  removeAgentFiles(paths, sessionId);
}

/** The turns that have files in a session's run directory, by id. */
export function findTurnsWithFiles(paths: Paths, sessionId: string): number[] {
  const ids = listRunFiles(paths, sessionId).map((name) => /^(\d+)\./.exec(name)?.[1]);
  return [...new Set(ids.filter((id) => id !== undefined))].map(Number);
}

/** The sessions that have a run directory, by id. */
export function listRunDirectories(paths: Paths): string[] {
  try {
    return readdirSync(paths.run).filter((name) => /^[0-9a-f]{8}$/.test(name));
  } catch {
    return [];
  }
}

/** Removes a session's run directory if it is empty. */
export function removeRunDirectory(paths: Paths, sessionId: string): void {
  try {
    rmdirSync(paths.sessionRun(sessionId));
  } catch {
    // Something is in it, or there is none.
  }
}

function listRunFiles(paths: Paths, sessionId: string): string[] {
  try {
    return readdirSync(paths.sessionRun(sessionId));
  } catch {
    return [];
  }
}

/** What can't be removed now does not make an answer less stored; it is tried again at the session's next turn. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // A directory that may not be written, or a file that is held open (Windows).
  }
}

/** Writes a file of the run directory; a turn that has just ended may remove the directory once more while it is empty. */
function writeRunFile(paths: Paths, sessionId: string, path: string, text: string): void {
  guard(path, () => {
    for (let left = 5; ; left--) {
      mkdirSync(paths.sessionRun(sessionId), { recursive: true, mode: 0o700 });
      try {
        writeFileSync(path, text, { mode: 0o600 });
        return;
      } catch (error) {
        if (systemCode(error) !== 'ENOENT' || left === 0) throw error;
      }
    }
  });
}

function guard(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    const isFull = ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '');
    throw new SessionError(
      isFull ? 'STORE_FULL' : 'STORE_UNREADABLE',
      `${path} could not be written (${isFull ? 'the disk is full' : (systemCode(error) ?? String(error))}).`,
      {
        hint: isFull ? 'Free some space and try again.' : 'Check the permissions of that directory.',
        cause: error,
      },
    );
  }
}
