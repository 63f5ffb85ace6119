import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { systemCode } from '../../../errors.ts';
import { explainFailure, notOurs } from './failure.ts';
import { readHeader } from './header.ts';

/**
 * A write within this time may leave a file's times unchanged, because they change only with the kernel's clock tick.
 */
const CLOCK_TICK_MS = 20;

export interface FileState {
  /** Changes whenever the database, its journal or its log is written, replaced, created or removed. */
  id: string;
  /** The files changed so recently that another change might not change `id`. */
  isFresh: boolean;
  /** The suffixes of the files beside it that belong to its state: a hot journal, or a write-ahead log. */
  sidecars: string[];
  /** The size of all these files. */
  bytes: number;
}

/** Reads the state of a database file, and of the files beside it that SQLite would use. */
export function readFileState(path: string, suffixes: readonly string[]): FileState {
  try {
    const parts = ['', ...suffixes].map((suffix) => {
      const stat = statSync(path + suffix, { throwIfNoEntry: suffix === '', bigint: true });
      if (suffix === '' && stat?.isFile() === false) throw notOurs(path, 'is not a file');
      const isPart = stat?.isFile() === true && (suffix === '' || (stat.size > 0n && isInUse(path + suffix)));
      return { suffix, stat: isPart ? stat : undefined };
    });
    const counter = readHeader(path)?.changeCounter;
    const present = parts.filter(({ stat }) => stat !== undefined);
    return {
      id: `${counter} ${parts.map(({ stat }) => stat && `${stat.ino} ${stat.size} ${stat.mtimeNs}`).join(' ')}`,
      isFresh: present.some(({ stat }) => {
        const ageMs = Date.now() - Number(stat!.mtimeMs);
        return ageMs >= 0 && ageMs < CLOCK_TICK_MS;
      }),
      sidecars: present.map(({ suffix }) => suffix).filter((suffix) => suffix !== ''),
      bytes: present.reduce((sum, { stat }) => sum + Number(stat!.size), 0),
    };
  } catch (error) {
    throw explainFailure(path, error);
  }
}

/** Whether SQLite would use the journal. One that is empty, or whose header was set to zeros, is finished. */
function isInUse(path: string): boolean {
  let fd;
  try {
    fd = openSync(path, 'r');
    const first = Buffer.alloc(1);
    return readSync(fd, first, 0, 1, 0) === 1 && first[0] !== 0;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
