import { readdirSync } from 'node:fs';
import { listMarked } from '../../agent/marked-processes.ts';
import { findWarmHost } from '../../agent/warm-client.ts';
import { systemCode } from '../../errors.ts';
import { openStore } from '../../store/open.ts';
import { isAlive } from '../../system/owner.ts';
import type { Turn } from '../model.ts';
import { failWith, ok, warn } from './check.ts';
import type { Check } from './check.ts';
import type { Place } from './patient.ts';

const SHOWN = 5;

/** What killed commands left: turns nobody sees through, files of turns that ended, processes of such turns. */
export async function* checkLeftovers({ paths }: Place): AsyncGenerator<Check> {
  let open: Turn[];
  try {
    const store = await openStore(paths.store, { access: 'read' });
    open = await store.openTurns();
    await store.close();
  } catch (error) {
    yield failWith('turns', error);
    return;
  }
  const orphans = open.filter(({ owner }) => owner === null || isAlive(owner) === false);
  if (orphans.length > 0)
    yield warn(
      'turns',
      `${orphans.length} without a process that sees them through, in ${list(orphans.map((turn) => turn.sessionId))}`,
      'The next send to such a session finishes them, and so does "session wait".',
    );
  else yield ok('turns', open.length === 0 ? 'none is running' : `${open.length} running or waiting`);

  const files = findOldFiles(paths.run, open, (id) => findWarmHost(paths.warmInfo(id)) !== undefined);
  if (files.length === 0) yield ok('run files', 'none is left over');
  else yield warn('run files', `left over: ${list(files)} in ${paths.run}`, '"session gc" removes them.');

  if (process.platform !== 'linux') {
    yield ok('processes', 'not looked for: only Linux tells whose a process is');
    return;
  }
  const strays = listMarked(paths.home).filter(
    ({ sessionId, turnId }) =>
      !open.some((turn) => turn.id === turnId) && findWarmHost(paths.warmInfo(sessionId)) === undefined,
  );
  if (strays.length === 0) yield ok('processes', 'none outlived its turn');
  else
    yield warn(
      'processes',
      `outlived their turns: ${list(strays.map(({ pid, program, turnId }) => `${pid} (${program}, of turn ${turnId})`))}`,
      'End them with kill.',
    );
}

/** What is in the run directory without a turn or a warm agent that needs it. */
function findOldFiles(run: string, open: readonly Turn[], isWarm: (sessionId: string) => boolean): string[] {
  return readNames(run).flatMap((sessionId) => {
    const turns = open.filter((turn) => turn.sessionId === sessionId);
    if (turns.length === 0) return isWarm(sessionId) ? [] : [sessionId];
    const isOld = (name: string): boolean => {
      const turnId = /^(\d+)\./.exec(name)?.[1];
      return turnId !== undefined && !turns.some(({ id }) => id === Number(turnId));
    };
    return readNames(`${run}/${sessionId}`)
      .filter((name) => isOld(name))
      .map((name) => `${sessionId}/${name}`);
  });
}

function readNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return [];
    throw error;
  }
}

function list(words: readonly string[]): string {
  const more = words.length > SHOWN ? ` and ${words.length - SHOWN} more` : '';
  return words.slice(0, SHOWN).join(', ') + more;
}
