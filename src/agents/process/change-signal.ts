import { type FSWatcher, watch } from 'node:fs';

/** How late a change is noticed where the system does not report it. */
const POLL_MS = 100;
/** The longest interval where the system reports changes. A report can be lost, and many processes may wait at once. */
const NET_MS = 1000;

/** Tells when a file may have changed: when the system reports it, and at intervals in case it does not. */
export class ChangeSignal {
  #watcher: FSWatcher | undefined;
  #isWatching = false;
  #hasChanged = false;
  #answer: (() => void) | undefined;
  #pollMs = POLL_MS;

  /** Watches a path, once. Where the system cannot (no such path, too many watches), the interval has to do. */
  watch(path: string): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    try {
      this.#watcher = watch(path, { persistent: false }, () => {
        this.#pollMs = POLL_MS;
        this.report();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  readonly report = (): void => {
    this.#hasChanged = true;
    this.#answer?.();
  };

  /** Resolves when a change is reported, or was since the last call; after a second in any case (100 ms where the system reports nothing). */
  async changed(): Promise<void> {
    if (!this.#hasChanged) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#pollMs);
        this.#answer = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#answer = undefined;
      if (!this.#hasChanged && this.#watcher !== undefined) this.#pollMs = Math.min(2 * this.#pollMs, NET_MS);
    }
    this.#hasChanged = false;
  }

  /** Stops watching; the interval goes on. */
  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#pollMs = POLL_MS;
  }
}
