import { choosePalette } from './colour.ts';
import type { Palette } from './colour.ts';
import { printError } from './errors.ts';
import type { ErrorPlace } from './errors.ts';
import type { StatusRecord, TextSource, TurnOutput } from '../model/records.ts';
import { neutralise, oneLine } from '../text/safe-text.ts';
import { findColumns } from './terminal.ts';
import { startSpinner } from './spinner.ts';
import type { Spinner } from './spinner.ts';
import { describeToolCall } from './tool-line.ts';
import type { Printer } from './printer.ts';
import type { Writer } from './writer.ts';

/** Where a turn is printed. */
export interface TextPlace extends ErrorPlace {
  printer: Printer;
  isQuiet: boolean;
}

/**
 * The answer on stdout as it comes, ending in exactly one newline; tool calls and what else happens as dim lines on stderr.
 *
 * Text that the agent's retry superseded can't be taken back: it is said so, and the true text follows on a new line.
 */
export class TurnText {
  private readonly place: TextPlace;
  /** False: only the final answer, at the end. */
  private readonly isStreamed: boolean;
  private readonly writer: Writer;
  private readonly paint: Palette;
  private readonly spinner: Spinner;
  /** Newlines are held back until text follows, so that one can be the last. */
  private newlines = '';
  /** Whether the last line on stdout still lacks its newline. */
  private isLineOpen = false;

  constructor(place: TextPlace, isStreamed: boolean) {
    this.isStreamed = isStreamed;
    this.place = place;
    this.writer = place.printer.writer;
    this.paint = choosePalette(place.io.stderr, place.io.env, place.colour);
    this.spinner = startSpinner('waiting for the agent', place);
  }

  take(record: TurnOutput): Promise<void> | undefined {
    switch (record.type) {
      case 'start':
        this.spinner.say(`${record.agent} is answering`);
        return undefined;
      case 'text':
        return this.isStreamed ? this.print(record.content) : undefined;
      case 'discard':
        return this.isStreamed && record.count > 0 ? this.supersede() : undefined;
      case 'tool_call':
        return this.aside(`→ ${describeToolCall(record)}`);
      case 'tool_result':
        if (record.denied) return this.aside(`  denied: ${oneLine(record.content)}`);
        return record.is_error ? this.aside(`  failed: ${oneLine(record.content)}`) : undefined;
      case 'status':
        return this.tellStatus(record);
      case 'error':
        return this.tellError(record);
      case 'done':
        return this.isStreamed ? undefined : this.printAll(record.text);
    }
  }

  async close(): Promise<void> {
    this.spinner.stop();
    if (this.isLineOpen) await this.writer.write('\n');
  }

  private print(content: string): Promise<void> | undefined {
    if (content === '') return undefined;
    this.spinner.stop();
    const safe = this.newlines + (this.writer.isTerminal ? neutralise(content) : content);
    const end = endOfText(safe);
    this.newlines = safe.slice(end);
    this.isLineOpen = true;
    return this.writer.write(safe.slice(0, end));
  }

  private async printAll(text: TextSource): Promise<void> {
    for await (const piece of typeof text === 'string' ? [text] : text) await this.print(piece);
  }

  private async supersede(): Promise<void> {
    if (this.isLineOpen) await this.writer.write('\n');
    this.newlines = '';
    this.isLineOpen = false;
    await this.aside('the agent started this part over: what is above was superseded by what follows');
  }

  private async tellStatus({
    type: _type,
    session_id: _id,
    turn_id: _turn,
    status,
    ...detail
  }: StatusRecord): Promise<void> {
    const known = Object.entries(detail).filter(([, value]) => value !== null && typeof value !== 'object');
    const words = known.map(([name, value]) => `${name.replaceAll('_', ' ')} ${String(value)}`).join(', ');
    const line = oneLine(words === '' ? status : `${status}: ${words}`);
    this.spinner.say(line);
    if (status === 'retrying' || status === 'waiting_for_limit') await this.aside(line);
  }

  /** An error is told even where all else is not wanted. */
  private async tellError(record: Extract<TurnOutput, { type: 'error' }>): Promise<void> {
    this.spinner.stop();
    await this.leaveLine();
    printError(record, this.place);
  }

  private async aside(line: string): Promise<void> {
    if (this.place.isQuiet) return;
    await this.leaveLine();
    const columns = findColumns(this.place.io.stderr);
    this.spinner.print(this.paint.dim(columns === undefined ? line : line.slice(0, columns - 1)));
  }

  /** Where stdout and stderr share a terminal, a line of ours must not begin behind the answer's last word. */
  private async leaveLine(): Promise<void> {
    await this.writer.flush();
    if (this.isLineOpen && this.writer.isTerminal && this.place.io.stderr.isTTY) {
      this.place.io.stderr.write('\n');
      this.newlines = this.newlines.slice(1);
      this.isLineOpen = false;
    }
  }
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return end;
}
