import { type FSWatcher, watch } from 'node:fs';

/** The polling interval when the system does not report changes. */
const POLL_MS = 100;
/**
 * The polling interval when the system reports changes. Reports can be lost, and many processes may wait at once, so it
 * is long.
 */
const REPORTED_POLL_MS = 1000;

/** Reports that a file may have changed: when the system says so, and at intervals. */
export class ChangeSignal {
  #watcher: FSWatcher | undefined;
  #isWatching = false;
  #hasChanged = false;
  #answer: (() => void) | undefined;
  #pollMs = POLL_MS;

  /** Watches a path, once. When the system can't (no such path, too many watches), only the interval is used. */
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

  /**
   * Resolves when a change is reported, or was reported since the last call. Resolves after a second in any case, or
   * after 100 ms when the system reports nothing.
   */
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
      if (!this.#hasChanged && this.#watcher !== undefined)
        this.#pollMs = Math.min(2 * this.#pollMs, REPORTED_POLL_MS);
    }
    this.#hasChanged = false;
  }

  /** Stops watching. The interval continues. */
  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#pollMs = POLL_MS;
  }
}
