import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';

const PATIENCE_MS = 30_000;

/** A program on a terminal that `script` creates, with simulated input. */
export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  /** Output that was not awaited yet. */
  #screen = '';
  #changed = (): void => {};

  constructor(command: string, place: { cwd: string; env: Record<string, string> }) {
    const args =
      process.platform === 'linux'
        ? ['-qefc', command, '/dev/null']
        : ['-q', '/dev/null', ...command.split(' ')];
    this.#child = spawn('script', args, {
      cwd: place.cwd,
      env: { PATH: process.env['PATH'] ?? '', TERM: 'vt100', LANG: 'C.UTF-8', ...place.env },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (shown: string) => {
      this.#screen += shown;
      this.#changed();
    });
    this.#child.stdin.on('error', () => {});
  }

  type(keys: string): this {
    this.#child.stdin.write(keys);
    return this;
  }

  /** Waits for a text, and resolves to the output up to it. */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.#screen.indexOf(text);
      if (at !== -1) {
        const shown = this.#screen.slice(0, at + text.length);
        this.#screen = this.#screen.slice(at + text.length);
        return shown;
      }
      await this.#change(text);
    }
  }

  close(): void {
    this.#child.kill('SIGKILL');
  }

  #change(awaited: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`never shown: ${awaited}\nscreen: ${JSON.stringify(this.#screen)}`)),
        PATIENCE_MS,
      );
      this.#changed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
