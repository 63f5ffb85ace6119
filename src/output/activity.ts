import prettyMs from 'pretty-ms';
import type { DoneOutput, TurnOutput } from '../model/records.ts';
import { choosePalette } from './colour.ts';
import { startSpinner } from './spinner.ts';
import type { Spinner, SpinnerPlace } from './spinner.ts';
import { cutToWidth } from './table.ts';
import { findColumns } from './terminal.ts';
import { describeToolCall } from './tool-line.ts';
import { oneLine } from '../text/safe-text.ts';

/** How often the line is updated, which shows the seconds. */
const TICK_MS = 250;
/** The width of the spinner's symbol and the space after it. */
const SIGN_COLUMNS = 3;

/**
 * Shows on a terminal's stderr what the agent is doing and for how long, in the spinner's line. At the end of the turn
 * it prints a summary.
 */
export class TurnActivity {
  readonly #place: SpinnerPlace;
  readonly #columns: number;
  readonly #spinner: Spinner;
  readonly #timer: NodeJS.Timeout;
  /** The tool calls without a result, by id. */
  readonly #calls = new Map<string, string>();
  #agent = 'the agent';
  #what = 'waiting for the agent';
  #since = Date.now();
  #isHidden = false;

  constructor(place: SpinnerPlace) {
    this.#place = place;
    this.#columns = findColumns(place.io.stderr)!;
    this.#spinner = startSpinner(this.#what, place);
    this.#timer = setInterval(() => !this.#isHidden && this.#tell(), TICK_MS).unref();
  }

  /** `hasLine` says whether the terminal's line is free for the spinner. */
  take(record: TurnOutput, hasLine: boolean): void {
    this.#isHidden = !hasLine;
    switch (record.type) {
      case 'start':
        this.#agent = record.agent;
        return this.#show();
      case 'tool_call':
        this.#calls.set(record.id, describeToolCall(record));
        return this.#show();
      case 'tool_result':
        this.#calls.delete(record.id);
        return this.#show();
      case 'status':
        // The call that waited for approval continues.
        if (record.status === 'approval_answered') return this.#show();
        return this.#show(record.status.replaceAll('_', ' '));
      case 'text':
        return this.#show();
    }
  }

  /** Clears the line until the next record. */
  hide(): void {
    this.#isHidden = true;
    this.#spinner.hide();
  }

  /** Stops, and prints a summary of the turn if it has ended. */
  end(done: Omit<DoneOutput, 'text'> | undefined): void {
    clearInterval(this.#timer);
    this.#spinner.stop();
    if (done === undefined) return;
    const { dim } = choosePalette(this.#place.io.stderr, this.#place.io.env, this.#place.colour);
    this.#place.io.stderr.write(`${dim(cutToWidth(summarise(done), this.#columns - 1))}\n`);
  }

  #show(what = [...this.#calls.values()].at(-1) ?? `${this.#agent} is answering`): void {
    if (what !== this.#what) this.#since = Date.now();
    this.#what = what;
    if (!this.#isHidden) this.#tell();
  }

  #tell(): void {
    const seconds = Math.floor((Date.now() - this.#since) / 1000);
    const more = this.#calls.size > 1 ? ` and ${this.#calls.size - 1} more` : '';
    const tail = seconds === 0 ? more : `${more}, ${prettyMs(seconds * 1000)}`;
    this.#spinner.say(cutToWidth(oneLine(this.#what), this.#columns - SIGN_COLUMNS - tail.length) + tail);
  }
}

/** The duration, the cost, and the denied tools of a turn. */
function summarise({ duration_ms, cost_usd, permission_denials }: Omit<DoneOutput, 'text'>): string {
  const denied = new Set(permission_denials.map(({ tool_name }) => oneLine(tool_name)));
  return [
    ...(duration_ms === null ? [] : [prettyMs(duration_ms, { secondsDecimalDigits: 0, unitCount: 2 })]),
    `$${cost_usd.toFixed(4)}`,
    ...(denied.size === 0 ? [] : [`denied: ${[...denied].join(', ')}`]),
  ].join(', ');
}
