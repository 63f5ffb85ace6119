import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../../errors.ts';
import { fail, ok } from './check.ts';
import type { Check } from './check.ts';
import type { Place } from './context.ts';

/** About what the smallest turn adds. */
const PROBE_BYTES = 64 * 1024;

const HINTS: Record<string, string> = {
  ENOSPC: 'Make room on that disk, or name a directory on another one in CLAUDE_SESSION_HOME.',
  EDQUOT: 'Make room below your quota, or name a directory on another disk in CLAUDE_SESSION_HOME.',
  EROFS: 'That file system is read-only. Name a directory on another one in CLAUDE_SESSION_HOME.',
};

/**
 * Whether what sessions keep can be written, proved by a file that is written in the home and removed. Where there is no
 * home yet, whether it can be made.
 */
export function checkWriting({ paths: { home, run, store } }: Place): Check {
  let path = home;
  try {
    if (!existsSync(home)) {
      path = findExisting(home);
      accessSync(path, constants.W_OK | constants.X_OK);
      return ok('writing', `${home} can be made`);
    }
    writeProbe(join(home, `.doctor-${process.pid}`));
    for (path of [run, store].filter(existsSync)) accessSync(path, constants.W_OK);
    return ok('writing', `${home} can be written`);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    return fail(
      'writing',
      `${path} can't be written (${code})`,
      HINTS[code] ??
        'Give yourself the right to write there, or name another directory in CLAUDE_SESSION_HOME.',
    );
  }
}

/** Synced, because some file systems notice only then that they are full. */
function writeProbe(path: string): void {
  const fd = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(fd, Buffer.alloc(PROBE_BYTES, 1));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
    rmSync(path, { force: true });
  }
}

function findExisting(path: string): string {
  const parent = dirname(path);
  return parent === path || existsSync(path) ? path : findExisting(parent);
}
