import { existsSync, readFileSync, statSync, statfsSync } from 'node:fs';
import type { Turn } from '../model/model.ts';
import type { StopRequest } from './stop-request.ts';

/** How often it is looked whether the disk is full. */
const DISK_MS = 2_000;
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Asks for a turn's end when it is time: at its deadline, when its agent has been silent for too long, and when its log's
 * disk is full, since an agent whose lines are lost would be waited for in vain.
 */
export class Clocks {
  private readonly deadline: NodeJS.Timeout | undefined;
  private readonly stall: NodeJS.Timeout;
  private readonly disk: NodeJS.Timeout;
  /** A disk may be full for a moment. */
  private wasFull = false;

  /** While `isAsking`, the agent is silent because it waits for the user. */
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
      // A reader that is behind keeps us from hearing an agent that speaks.
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

  heard(): void {
    this.stall.refresh();
  }

  stop(): void {
    clearTimeout(this.deadline);
    clearTimeout(this.stall);
    clearInterval(this.disk);
  }
}

/** How long ago a file was written to; one that is not there, never. */
function ageMs(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY);
}

/**
 * Whether not even root finds a block there, or the file is as long as `ulimit -f` allows. Some file systems don't tell,
 * and count as roomy.
 */
function isDiskFull(path: string): boolean {
  try {
    const { blocks, bfree } = statfsSync(path);
    return (blocks > 0 && bfree === 0) || statSync(path).size >= (sizeLimit ??= readSizeLimit());
  } catch {
    return false;
  }
}

/** Of this process and its agents, which does not change. */
let sizeLimit: number | undefined;

/** In bytes; without end where the system does not tell. */
function readSizeLimit(): number {
  if (!existsSync('/proc/self/limits')) return Number.POSITIVE_INFINITY;
  const [, bytes] = /^Max file size\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return bytes === undefined ? Number.POSITIVE_INFINITY : Number(bytes);
}
