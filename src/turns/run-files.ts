import { mkdirSync, readdirSync, renameSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LaterLine } from '../agents/answer/answer.ts';
import { readRunFile } from '../agents/process/run-file.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { Paths } from '../settings/paths.ts';
import type { Preparation } from './prepare.ts';
import type { Route } from './continuity.ts';
import { AGENTS } from '../model/model.ts';
import type { AgentName, Turn } from '../model/model.ts';
import type { AgentContext } from '../model/agent-context.ts';
import type { UsageByModel } from '../model/usage.ts';

/** What another process needs to finish a turn when ours is gone. It is a file beside the turn's log. */
export interface AgentTrace extends Pick<Route, 'continuity' | 'sinceTurn'> {
  agent: AgentName;
  /** The agent process (see system/owner.ts). */
  owner: string;
  /** Whether the agent process has other turns in the same log, and keeps running after this one. */
  isShared: boolean;
  /** The uuid of the turn's user line. */
  uuid: string;
  /** The user lines that continued the turn after a usage limit. */
  later: LaterLine[];
  /** The agent's usage totals of the conversation before the turn. */
  spentBefore: UsageByModel | null;
  /** What the conversation has been told with this turn; null when that did not change. */
  context: AgentContext | null;
  /** Whether the model was chosen by name. The conversation then does not keep it by default. */
  isModelChosen?: boolean;
  /** The log, and the position where the turn begins. */
  logPath: string;
  logStart: number;
}

/** Writes the agent's files, readable only by their owner. Throws STORE_FULL or STORE_UNREADABLE. */
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

/** Undefined when the turn never had an agent, or the file is invalid. */
export function readAgentTrace(
  paths: Paths,
  { sessionId, id }: Pick<Turn, 'sessionId' | 'id'>,
): AgentTrace | undefined {
  const trace = readRunFile<AgentTrace>(paths.agentIdentity(sessionId, id), ['owner']);
  const isPath = typeof trace?.logPath === 'string';
  const logPath = isPath ? trace.logPath : paths.turnLog(sessionId, id);
  // The previous version wrote neither `agent` nor `later`.
  return (
    trace && {
      ...trace,
      agent: AGENTS.find((name) => name === trace.agent) ?? 'claude',
      later: Array.isArray(trace.later) ? trace.later : [],
      logPath,
    }
  );
}

/** Marks a turn, so that its owner stores its end as a cancellation. */
export function markCancelled(paths: Paths, { sessionId, id }: Turn): void {
  writeRunFile(paths, sessionId, paths.cancelMark(sessionId, id), '');
}

/** Removes the mark, when the turn ended meanwhile. */
export function unmarkCancelled(paths: Paths, { sessionId, id }: Turn): void {
  discard(paths.cancelMark(sessionId, id));
  removeRunDirectory(paths, sessionId);
}

/** Removes the files of a turn's first attempt, so that the second begins a new log. */
export function clearLog(paths: Paths, { sessionId, id }: Turn): void {
  for (const path of [paths.turnLog(sessionId, id), paths.agentStderr(sessionId, id)])
    guard(path, () => rmSync(path, { force: true }));
}

/**
 * Removes what an agent was started with. Call it before the turn is stored as ended, because after that the files may
 * be those of the next turn.
 */
export function removeAgentFiles(paths: Paths, sessionId: string): void {
  discard(paths.systemPrompt(sessionId));
  discard(paths.mcpConfig(sessionId));
}

/** Removes a turn's files from the run directory, and the directory when it is empty. */
export function removeTurnFiles(paths: Paths, { sessionId, id }: Pick<Turn, 'sessionId' | 'id'>): void {
  for (const name of listRunFiles(paths, sessionId))
    if (name.startsWith(`${id}.`)) discard(join(paths.sessionRun(sessionId), name));
  removeRunDirectory(paths, sessionId);
}

/** Whether a warm agent's host has files in the run directory. */
export function hasWarmFiles(paths: Paths, sessionId: string): boolean {
  return listRunFiles(paths, sessionId).some((name) => name.startsWith('warm.'));
}

/** Removes the files of a warm agent and its host, except the lock, which the caller holds. */
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
    // It is not empty, or does not exist.
  }
}

function listRunFiles(paths: Paths, sessionId: string): string[] {
  try {
    return readdirSync(paths.sessionRun(sessionId));
  } catch {
    return [];
  }
}

/** Ignores failures, because the answer is stored. Removal is tried again at the session's next turn. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The directory is not writable, or the file is open (Windows).
  }
}

/**
 * Writes a file of the run directory. It is tried twice, because a turn that just ended may remove the empty directory.
 */
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
