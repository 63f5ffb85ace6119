import { type FSWatcher, watch } from 'node:fs';

/** How late a change is noticed where the system gives no word of it. */
const POLL_MS = 100;
/** And where it gives word, which might be lost: who waits for long is not to wake often, since many may wait at once. */
const NET_MS = 1000;

/** Tells when a file may have changed: by the system's word, and by the clock as a net. */
export class ChangeBell {
  #watcher: FSWatcher | undefined;
  #isWatching = false;
  #hasRung = false;
  #answer: (() => void) | undefined;
  #pollMs = POLL_MS;

  /** Begins to listen to the system, once. Where it can't (no such thing, out of watches), the clock has to do. */
  watch(path: string): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    try {
      this.#watcher = watch(path, { persistent: false }, () => {
        this.#pollMs = POLL_MS;
        this.ring();
      });
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  readonly ring = (): void => {
    this.#hasRung = true;
    this.#answer?.();
  };

  /** Resolves when it rings or has rung since the last time, and after a second in any case (100 ms where only the clock rings). */
  async rung(): Promise<void> {
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, this.#pollMs);
        this.#answer = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#answer = undefined;
      if (!this.#hasRung && this.#watcher !== undefined) this.#pollMs = Math.min(2 * this.#pollMs, NET_MS);
    }
    this.#hasRung = false;
  }

  /** Listens to the system no more; the clock goes on. */
  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    this.#pollMs = POLL_MS;
  }
}
