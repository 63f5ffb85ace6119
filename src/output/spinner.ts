import { oneLine } from '../text/safe-text.ts';
import { wantsColour } from './colour.ts';
import type { ErrorPlace } from './errors.ts';
import { findColumns } from './terminal.ts';

/** Nothing is shown for work that takes less time than this. */
const DELAY_MS = 150;

export interface Spinner {
  /** Changes the text, and shows it if it was hidden. */
  say(text: string): void;
  /** Prints a line above the spinner. */
  print(line: string): void;
  /** Clears the line until the next `say`. */
  hide(): void;
  /** Clears the line and stops. */
  stop(): void;
}

export interface SpinnerPlace extends ErrorPlace {
  isQuiet: boolean;
}

/** Whether to show a spinner: stderr is a terminal of known width, and the output is not quiet. */
export function wantsSpinner({ io, isQuiet }: SpinnerPlace): boolean {
  const { stderr, env } = io;
  const isCi = !['', '0', 'false', undefined].includes(env['CI']);
  return findColumns(stderr) !== undefined && !isQuiet && !isCi && env['TERM'] !== 'dumb';
}

/** Shows a spinner on stderr until `stop`. Without a terminal it only prints lines. */
export function startSpinner(text: string, place: SpinnerPlace): Spinner {
  const { stderr } = place.io;
  let current = oneLine(text);
  let isStopped = !wantsSpinner(place);
  let turning: { text: string; clear(): unknown; stop(): unknown } | undefined;
  let timer: NodeJS.Timeout | undefined;
  wait();

  function wait(): void {
    if (!isStopped) timer ??= setTimeout(() => void turn(), DELAY_MS).unref();
  }

  async function turn(): Promise<void> {
    const { default: ora } = await import('ora');
    if (isStopped || timer === undefined) return;
    // ora must not change stdin or the cursor, so that a killed process leaves the terminal unchanged.
    turning = ora({
      text: current,
      stream: stderr as never,
      color: wantsColour(stderr, place.io.env, place.colour) && 'cyan',
      discardStdin: false,
      hideCursor: false,
      isEnabled: true,
    });
    (turning as ReturnType<typeof ora>).start();
  }

  function hide(): void {
    clearTimeout(timer);
    timer = undefined;
    turning?.stop();
    turning = undefined;
  }

  return {
    say(next) {
      current = oneLine(next);
      if (turning !== undefined) turning.text = current;
      wait();
    },
    print(line) {
      turning?.clear();
      stderr.write(`${line}\n`);
    },
    hide,
    stop() {
      isStopped = true;
      hide();
    },
  };
}
