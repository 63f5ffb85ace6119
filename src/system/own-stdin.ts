import { fstatSync, readFileSync, readlinkSync } from 'node:fs';

/** What runs a command for somebody else and hands its stdin on. */
const WRAPPER = /^(?:timeout|time|sudo|doas|npm\b)/;

/**
 * Whether stdin was given to this very program, as by `git diff | session …` or `session … < file`, and is not what a
 * script or a loop above us reads (`while read …; do session …; done`).
 *
 * A file is ours as long as nobody has read of it. A pipe is ours if no process above us has the same for its stdin, but
 * for shells that have read nothing since they were made, such as that of a function in a pipeline. Only Linux tells.
 */
export function findOwnStdin(): 'file' | 'pipe' | 'socket' | undefined {
  try {
    const facts = fstatSync(0);
    if (facts.isFile()) return /^pos:\s*0$/m.test(read('self/fdinfo/0')) ? 'file' : undefined;
    if (!facts.isFIFO() && !facts.isSocket()) return undefined;
    if (isSharedAbove(readlinkSync('/proc/self/fd/0'))) return undefined;
    return facts.isFIFO() ? 'pipe' : 'socket';
  } catch {
    return undefined;
  }
}

function isSharedAbove(stdin: string): boolean {
  for (
    let pid = process.ppid;
    pid > 0;
    pid = Number(/^PPid:\s*(\d+)/m.exec(read(`${pid}/status`))?.[1] ?? 0)
  ) {
    if (readStdin(pid) !== stdin) return false;
    if (!WRAPPER.test(read(`${pid}/comm`)) && !/^rchar: 0$/m.test(read(`${pid}/io`))) return true;
  }
  return false;
}

/** Undefined for a process of another user, which is none of the loops of this one. */
function readStdin(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/fd/0`);
  } catch {
    return undefined;
  }
}

function read(path: string): string {
  return readFileSync(`/proc/${path}`, 'latin1');
}
