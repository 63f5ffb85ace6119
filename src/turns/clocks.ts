import { existsSync, readFileSync, statSync, statfsSync } from 'node:fs';
import type { Turn } from '../model/model.ts';
import type { StopRequest } from './stop-request.ts';

/** How often to check whether the disk is full. */
const DISK_MS = 2_000;
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Stops a turn at its deadline, when its agent was silent for too long, and when the disk of its log is full, because
 * the end of the turn could not be seen then.
 */
export class Clocks {
  private readonly deadline: NodeJS.Timeout | undefined;
  private readonly stall: NodeJS.Timeout;
  private readonly disk: NodeJS.Timeout;
  /** Whether the disk was full at the last check. Only two full checks in a row stop the turn. */
  private wasFull = false;

  /** While `isAsking` is true, the agent waits for the user and may be silent. */
  constructor(
    { limits, startedAt, queuedAt }: Turn,
    logPath: string,
    stop: StopRequest,
    isAsking: () => boolean = () => false,
  ) {
    const { timeoutMs, stallTimeoutMs } = limits;
    if (timeoutMs !== null) {
      const left = Math.max(0, (startedAt ?? queuedAt) + timeoutMs - Date.now());
      this.deadline = setTimeout(() => stop.ask('timeout'), Math.min(left, LONGEST_MS));
    }
    const onStall = (): void => {
      // With a slow reader the log is read late, so the log's time is checked.
      if (isAsking() || ageMs(logPath) < stallTimeoutMs) this.stall.refresh();
      else stop.ask('stall');
    };
    this.stall = setTimeout(onStall, Math.min(stallTimeoutMs, LONGEST_MS));
    const onDisk = (): void => {
      const isFull = isDiskFull(logPath);
      if (isFull && this.wasFull) stop.ask('disk');
      this.wasFull = isFull;
    };
    this.disk = setInterval(onDisk, DISK_MS);
  }

  restartStall(): void {
    this.stall.refresh();
  }

  stop(): void {
    clearTimeout(this.deadline);
    clearTimeout(this.stall);
    clearInterval(this.disk);
  }
}

/** The time since a file was last written; infinite when there is no file. */
function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY);
}

/**
 * Whether no block is free even for root, or the file has the length that `ulimit -f` allows. A file system that does
 * not report its free blocks counts as not full.
 */
function isDiskFull(path: string): boolean {
  try {
    const { blocks, bfree } = statfsSync(path);
    return (blocks > 0 && bfree === 0) || statSync(path).size >= (sizeLimit ??= readSizeLimit());
  } catch {
    return false;
  }
}

/** The file size limit of this process and its agents, which does not change. */
let sizeLimit: number | undefined;

/** The limit in bytes; infinite when the system does not report it. */
function readSizeLimit(): number {
  if (!existsSync('/proc/self/limits')) return Number.POSITIVE_INFINITY;
  const [, bytes] = /^Max file size\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return bytes === undefined ? Number.POSITIVE_INFINITY : Number(bytes);
}
