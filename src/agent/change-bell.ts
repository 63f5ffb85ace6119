import { type FSWatcher, watch } from 'node:fs';

/** How late a change is noticed where the system gives no word of it. */
const POLL_MS = 100;

/** Tells when a file may have changed: by the system's word, and by the clock as a net. */
export class ChangeBell {
  #watcher: FSWatcher | undefined;
  #isWatching = false;
  #hasRung = false;
  #answer: (() => void) | undefined;

  /** Begins to listen to the system, once. Where it can't (no such thing, out of watches), the clock has to do. */
  watch(path: string): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    try {
      this.#watcher = watch(path, { persistent: false }, this.ring);
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      this.#watcher = undefined;
    }
  }

  readonly ring = (): void => {
    this.#hasRung = true;
    this.#answer?.();
  };

  /** Resolves when it rings or has rung since the last time, and after 100 ms in any case. */
  async rung(): Promise<void> {
    if (!this.#hasRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS);
        this.#answer = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#answer = undefined;
    }
    this.#hasRung = false;
  }

  close(): void {
    this.#watcher?.close();
  }
}
