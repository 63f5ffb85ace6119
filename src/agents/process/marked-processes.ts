import { Buffer } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, readdirSync, statSync } from 'node:fs';

/*
 * Reads /proc, where Linux shows the environment that each process was started with. It runs in every turn, so it opens
 * no process of another user, and uses one buffer for all.
 */

const FIRST_READ_BYTES = 64 * 1024;

/** The pids of this user's processes whose initial environment contains all of these `NAME=value` entries. */
export function findMarked(entries: readonly string[]): number[] {
  if (process.platform !== 'linux') return [];
  // Every entry but the first is preceded by a NUL, so a NUL is put in front of the first.
  const wanted = entries.map((entry) => Buffer.from(`\0${entry}\0`));
  const reader = new EnvironmentReader();
  return listProcesses().filter((pid) => {
    const environment = reader.read(pid);
    return wanted.every((entry) => environment.includes(entry));
  });
}

/** A process with a turn's mark, and the turn. */
export interface MarkedProcess {
  pid: number;
  /** The program's name in the system's process list. */
  program: string;
  sessionId: string;
  turnId: number;
}

/** This user's processes that were started by a turn of any session under this home. */
export function listMarked(home: string): MarkedProcess[] {
  return findMarked([`CLAUDE_SESSION_HOME=${home}`]).flatMap((pid) => {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
      const sessionId = /(?:^|\0)CLAUDE_SESSION_ID=([0-9a-f]{8})\0/.exec(environment)?.[1];
      const turnId = /(?:^|\0)CLAUDE_SESSION_TURN_ID=(\d+)\0/.exec(environment)?.[1];
      if (sessionId === undefined || turnId === undefined) return [];
      const program = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
      return [{ pid, program, sessionId, turnId: Number(turnId) }];
    } catch {
      return []; // Gone since.
    }
  });
}

function listProcesses(): number[] {
  const names = readdirSync('/proc').filter((name) => name >= '1' && name <= ':');
  const uid = process.getuid?.();
  return names.filter((name) => uid === 0 || ownerId(name) === uid).map(Number);
}

function ownerId(name: string): number | undefined {
  return statSync(`/proc/${name}`, { throwIfNoEntry: false })?.uid;
}

class EnvironmentReader {
  #buffer = Buffer.alloc(FIRST_READ_BYTES);

  /**
   * The environment with a NUL before and after each entry. Empty for a process that has exited, is a zombie, or may
   * not be read.
   */
  read(pid: number): Buffer {
    let fd: number;
    try {
      fd = openSync(`/proc/${pid}/environ`, 'r');
    } catch {
      return this.#buffer.subarray(0, 0);
    }
    try {
      const length = this.#fill(fd);
      return this.#buffer.subarray(0, length);
    } catch {
      return this.#buffer.subarray(0, 0);
    } finally {
      closeSync(fd);
    }
  }

  #fill(fd: number): number {
    let length = 1;
    for (;;) {
      const free = this.#buffer.length - length;
      const bytes = readSync(fd, this.#buffer, length, free, null);
      length += bytes;
      // The kernel returns all it has, so a short read is the end.
      if (bytes < free) return length;
      this.#buffer = Buffer.concat([this.#buffer, Buffer.alloc(length)]);
    }
  }
}
