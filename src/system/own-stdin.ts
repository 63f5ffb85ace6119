import { fstatSync, readFileSync, readlinkSync } from 'node:fs';

/** Programs that run another command and pass their stdin to it. */
const WRAPPER = /^(?:timeout|time|sudo|doas|npm\b)/;

/**
 * Finds out whether stdin was given to this program, as by `git diff | session …` or `session … < file`. Returns
 * undefined when it is the input of a script or loop that started us (`while read …; do session …; done`), or on
 * systems other than Linux.
 *
 * A file is ours as long as nobody has read from it. A pipe is ours if no ancestor process has the same stdin. Shells
 * that have read nothing since their start, such as that of a function in a pipeline, don't count.
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

/** Returns undefined for a process of another user, which can't be a loop of this user. */
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
