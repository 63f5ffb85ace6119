import { listMarked } from '../../agents/process/marked-processes.ts';
import type { MarkedProcess } from '../../agents/process/marked-processes.ts';
import { findWarmHost } from '../../agents/process/warm-info.ts';
import { SessionError } from '../../errors.ts';
import { findStoreUrl } from '../../settings/store-url.ts';
import { readOpenTurns as readTurnsOfDatabase } from '../../store/postgres/inspect.ts';
import { readOpenTurns } from '../../store/sqlite/inspect.ts';
import { isAlive } from '../../system/owner.ts';
import type { Paths } from '../../settings/paths.ts';
import type { Turn } from '../../model/model.ts';
import { findTurnsWithFiles, listRunDirectories } from '../../turns/run-files.ts';
import { ok, warn } from './check.ts';
import type { Check } from './check.ts';
import type { Place } from './context.ts';

const SHOWN = 5;

/** Checks for what killed commands left: turns without an owner, files of ended turns, and processes of ended turns. */
export async function* checkLeftovers({ paths, env }: Place): AsyncGenerator<Check> {
  const before = listMarked(paths.home);
  let open: Turn[] | undefined;
  try {
    const url = await findStoreUrl(env, paths);
    open = url === undefined ? await readOpenTurns(paths.store) : await readTurnsOfDatabase(url);
  } catch (error) {
    // Problems of the store are reported by its own check.
    if (error instanceof SessionError) return;
    throw error;
  }
  if (open === undefined) return;
  const isWarm = (sessionId: string): boolean => findWarmHost(paths.warmInfo(sessionId)) !== undefined;
  yield checkTurns(open);
  yield checkFiles(paths.run, findOldFiles(paths, open, isWarm));
  // A turn may have begun or ended meanwhile, so only processes seen before and after count.
  const still = new Set(listMarked(paths.home).map(({ pid }) => pid));
  const ids = new Set(open.map(({ id }) => id));
  yield checkProcesses(
    before.filter(({ pid, sessionId, turnId }) => still.has(pid) && !ids.has(turnId) && !isWarm(sessionId)),
  );
}

function checkTurns(open: readonly Turn[]): Check {
  const orphans = open.filter(({ owner }) => owner === null || isAlive(owner) === false);
  if (orphans.length > 0)
    return warn(
      'turns',
      `${orphans.length} whose process is gone, in ${list(orphans.map((turn) => turn.sessionId))}`,
      'The next send to such a session finishes them, and so does "session wait".',
    );
  return ok('turns', open.length === 0 ? 'none is running' : `${open.length} running or waiting`);
}

function checkFiles(run: string, files: readonly string[]): Check {
  if (files.length === 0) return ok('run files', 'none is left over');
  return warn('run files', `left over: ${list(files)} in ${run}`, '"session gc" removes them.');
}

function checkProcesses(strays: readonly MarkedProcess[]): Check {
  if (process.platform !== 'linux')
    return ok('processes', 'not looked for: only Linux tells whose a process is');
  if (strays.length === 0) return ok('processes', 'none outlived its turn');
  const described = strays.map(({ pid, program, turnId }) => `${pid} (${program}, of turn ${turnId})`);
  return warn('processes', `outlived their turns: ${list(described)}`, 'End them with kill.');
}

/** The files in the run directory that no turn or warm agent needs. */
function findOldFiles(paths: Paths, open: readonly Turn[], isWarm: (sessionId: string) => boolean): string[] {
  return listRunDirectories(paths).flatMap((sessionId) => {
    const ids = open.filter((turn) => turn.sessionId === sessionId).map(({ id }) => id);
    if (ids.length === 0) return isWarm(sessionId) ? [] : [sessionId];
    const old = findTurnsWithFiles(paths, sessionId).filter((id) => !ids.includes(id));
    return old.map((id) => `${sessionId}/${id}.*`);
  });
}

function list(words: readonly string[]): string {
  const more = words.length > SHOWN ? ` and ${words.length - SHOWN} more` : '';
  return words.slice(0, SHOWN).join(', ') + more;
}
