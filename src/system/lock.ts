/**
 * A mutex between processes that needs no native code, no heartbeat and no clean-up after a crash: whoever finds the
 * lock of a dead owner takes it away. On one host a crash costs the next process milliseconds.
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

/** A waiter of this age asks to be next, and is, unless one that is older asks too. */
const RESERVE_AFTER_MS = 10;
/** How often the next one looks; how often, at the most, the others do, who leave the processor to the holder. */
const NEXT_PAUSE_MS = 1;
const PAUSE_MS = 32;
/** For so long, who has just had the lock leaves it to whoever asked to be next. */
const YIELD_MS = 10;
/** A holder of this host that is alive, but shows no sign of life for so long, is waited for no longer. */
const STUCK_AFTER_MS = 30_000;

export class FileLock {
  readonly path: string;
  readonly #links: boolean;
  readonly #next: string;
  #touchedAt = 0;
  #releasedAt = -YIELD_MS;
  #held = false;

  /** `links: false` makes it an exclusively created file at once, as on file systems without links. */
  constructor(path: string, options: { links?: boolean } = {}) {
    this.path = path;
    this.#links = options.links ?? true;
    this.#next = `${path}.next`;
  }

  get isHeld(): boolean {
    return this.#held;
  }

  /**
   * Waits without blocking the event loop. False when the time ran out, or when one holder has had the lock for 30 s without
   * a sign of life; as long as others come and go, it goes on waiting. Throws what the system says if no lock can be made there.
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

  /** Whether the lock is still ours, and a sign of life: to call often while holding it for seconds. Looks only now and then. */
  confirm(everyMs = 5_000): boolean {
    if (!this.#held || monotonicMs() - this.#touchedAt < everyMs) return this.#held;
    if (readLockFile(this.path) !== selfOwner()) return (this.#held = false);
    touchLockFile(this.path);
    this.#touchedAt = monotonicMs();
    return true;
  }

  /** The owner's name (see owner.ts), '' when it is not known, undefined when the lock is free. */
  holder(): string | undefined {
    return readLockFile(this.path);
  }

  #create(): boolean {
    if (!createLockFile(this.path, selfOwner(), this.#links)) return false;
    this.#touchedAt = monotonicMs();
    return (this.#held = true);
  }

  /**
   * Asks to be next, in the place of a younger waiter. The time of the file is when the one who is next began to wait.
   *
   * The reservation decides only who is next, not who has the lock: when two processes take it at once, only the order suffers.
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
   * Takes a dead owner's lock away. Only who holds the eviction ticket of this very owner may: a dead owner never comes
   * back, so a second evictor finds somebody else's lock, and leaves it. A ticket's owner may die too, and is evicted alike.
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

  /** Removes the tickets of evictors that died when their work was done, each as any lock of a dead owner. */
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
