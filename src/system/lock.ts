/**
 * A mutex between processes. It needs no native code, no heartbeat and no clean-up after a crash: the next process
 * removes the lock of a dead owner. On one host a crash costs the next process milliseconds.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createLockFile,
  isAbandoned,
  LockWatch,
  readLockFile,
  removeLockFile,
  touchLockFile,
} from './lock-file.ts';
import { monotonicMs } from './monotonic.ts';
import { selfOwner } from './owner.ts';

/** A waiter asks to be next after this time. It gets the reservation unless an older waiter asks too. */
const RESERVE_AFTER_MS = 10;
/**
 * How often the waiter with the reservation checks the lock. The others check at most every PAUSE_MS, so that they
 * leave the processor to the holder.
 */
const NEXT_PAUSE_MS = 1;
const PAUSE_MS = 32;
/** For this time after a release, a process leaves the lock to the waiter with the reservation. */
const YIELD_MS = 10;
/** A waiter gives up when a holder shows no sign of life for this time, though its process is alive. */
const STUCK_AFTER_MS = 30_000;

export class FileLock {
  readonly path: string;
  readonly #links: boolean;
  readonly #next: string;
  #touchedAt = 0;
  #releasedAt = -YIELD_MS;
  #held = false;

  /** `links: false` uses a regular file, as on file systems without links. */
  constructor(path: string, options: { links?: boolean } = {}) {
    this.path = path;
    this.#links = options.links ?? true;
    this.#next = `${path}.next`;
  }

  get isHeld(): boolean {
    return this.#held;
  }

  /**
   * Waits for the lock without blocking the event loop. Returns false when the time is up, or when one holder has had
   * the lock for 30 s without a sign of life. Throws the system's error if no lock can be created there.
   */
  async acquire(timeoutMs: number): Promise<boolean> {
    const since = monotonicMs();
    const waitingSince = new Date();
    const lock = new LockWatch(this.path, since);
    const next = new LockWatch(this.#next, since);
    let isNext = false;
    try {
      for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 1.5, PAUSE_MS)) {
        const now = monotonicMs();
        const isYielding = !isNext && now - this.#releasedAt < YIELD_MS && this.#isReserved(next, now);
        if (!isYielding && !lock.isHeld(now) && this.tryAcquire()) return true;
        if (now - since >= timeoutMs || now - lock.changedAt >= STUCK_AFTER_MS) return false;
        if (isNext) isNext = readLockFile(this.#next) === selfOwner();
        else if (now - since > RESERVE_AFTER_MS) isNext = this.#reserve(next, now, waitingSince);
        await sleep(isNext || isYielding ? NEXT_PAUSE_MS : pauseMs * (0.5 + Math.random()));
      }
    } finally {
      if (isNext) removeLockFile(this.#next);
    }
  }

  tryAcquire(): boolean {
    if (this.#create()) return true;
    const owner = readLockFile(this.path);
    if (owner === undefined || !isAbandoned(this.path, owner)) return false;
    this.#evict(owner);
    return this.#create();
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#releasedAt = monotonicMs();
    removeLockFile(this.path);
  }

  /**
   * Whether the lock is still ours. Also gives a sign of life. Call it often while holding the lock for seconds: it
   * accesses the file only every `everyMs`.
   */
  confirm(everyMs = 5_000): boolean {
    if (!this.#held || monotonicMs() - this.#touchedAt < everyMs) return this.#held;
    if (readLockFile(this.path) !== selfOwner()) return (this.#held = false);
    touchLockFile(this.path);
    this.#touchedAt = monotonicMs();
    return true;
  }

  /** The owner's name (see owner.ts); '' when it is not known, undefined when the lock is free. */
  holder(): string | undefined {
    return readLockFile(this.path);
  }

  #create(): boolean {
    if (!createLockFile(this.path, selfOwner(), this.#links)) return false;
    this.#touchedAt = monotonicMs();
    return (this.#held = true);
  }

  /**
   * Reserves the lock for this waiter, and takes the reservation from a waiter that came later. The time of the file is
   * the time when its owner began to wait.
   *
   * The reservation decides only who is next, not who has the lock. If two processes take it at once, only the order is
   * wrong.
   */
  #reserve(next: LockWatch, now: number, waitingSince: Date): boolean {
    if (this.#isReserved(next, now)) {
      if (next.touchedAt <= waitingSince.getTime()) return false;
      removeLockFile(this.#next);
    }
    if (!createLockFile(this.#next, selfOwner(), this.#links)) return false;
    touchLockFile(this.#next, waitingSince);
    return true;
  }

  #isReserved(next: LockWatch, now: number): boolean {
    if (next.isHeld(now)) return true;
    if (next.touchedAt > 0) removeLockFile(this.#next);
    return false;
  }

  /**
   * Removes a dead owner's lock. Only the process that holds the eviction ticket for this owner may do so. A dead owner
   * never comes back, so a second evictor finds another owner's lock and leaves it. The owner of a ticket may die too;
   * its ticket is then removed in the same way.
   */
  #evict(owner: string): void {
    const ticket = this.#ticket(`${this.path}.evict.${owner.replace(/[^\w.-]/g, '_').slice(0, 150)}`);
    if (!ticket.tryAcquire()) return;
    try {
      if (readLockFile(this.path) === owner && isAbandoned(this.path, owner)) removeLockFile(this.path);
    } finally {
      ticket.release();
    }
    this.#sweep();
  }

  /** Removes the tickets of evictors that died, each in the way a dead owner's lock is removed. */
  #sweep(): void {
    const prefix = `${basename(this.path)}.evict.`;
    for (const name of readdirSync(dirname(this.path))) {
      const ticket = this.#ticket(join(dirname(this.path), name));
      if (name.startsWith(prefix) && ticket.tryAcquire()) ticket.release();
    }
  }

  #ticket(path: string): FileLock {
    return new FileLock(path, { links: this.#links });
  }
}
