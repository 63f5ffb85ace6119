import { choosePalette } from './colour.ts';
import type { Palette } from './colour.ts';
import { printError } from './errors.ts';
import type { ErrorPlace } from './errors.ts';
import type { StatusRecord, TextSource, TurnOutput } from '../model/records.ts';
import { shortenId } from './approvals.ts';
import { neutralise, oneLine } from '../text/safe-text.ts';
import { cutToWidth } from './table.ts';
import { findColumns } from './terminal.ts';
import type { TurnActivity } from './activity.ts';
import { describeToolCall } from './tool-line.ts';
import type { Printer } from './printer.ts';
import type { Writer } from './writer.ts';

/** The streams and style for a turn's text. */
export interface TextPlace extends ErrorPlace {
  printer: Printer;
  isQuiet: boolean;
}

/** Which part of an answer is shown: all as it comes, all at its end, or only the structured answer. */
type ShownText = 'stream' | 'end' | 'output';

/**
 * Prints the answer on stdout as it comes, ending in exactly one newline. Tool calls and other events are dim lines on
 * stderr.
 *
 * Printed text can't be removed when the agent starts over. A line on stderr says so, even with `--quiet`, and the new
 * text follows on a new line.
 */
export class TurnText {
  private readonly place: TextPlace;
  private readonly shown: ShownText;
  private readonly writer: Writer;
  private readonly paint: Palette;
  private readonly activity: TurnActivity | undefined;
  /** Newlines that are held back until text follows, so that the output ends with exactly one. */
  private newlines = '';
  /** Whether the last line on stdout has no newline yet. */
  private isLineOpen = false;
  /** Whether the last output was a line on stderr, on the same terminal as the answer. */
  private isBelowAside = false;

  constructor(place: TextPlace, shown: ShownText, activity: TurnActivity | undefined) {
    this.shown = shown;
    this.place = place;
    this.writer = place.printer.writer;
    this.paint = choosePalette(place.io.stderr, place.io.env, place.colour);
    this.activity = activity;
  }

  get isMidLine(): boolean {
    return this.isLineOpen && this.writer.isOneWith(this.place.io.stderr);
  }

  take(record: TurnOutput): Promise<void> | undefined {
    switch (record.type) {
      case 'start':
        return undefined;
      case 'text':
        return this.shown === 'stream' ? this.print(record.content) : undefined;
      case 'discard':
        return this.shown === 'stream' && record.count > 0 ? this.supersede() : undefined;
      case 'tool_call':
        return this.aside(`→ ${describeToolCall(record)}`);
      case 'tool_result':
        if (record.denied) return this.aside(`  denied: ${oneLine(record.content)}`);
        return record.is_error ? this.aside(`  failed: ${oneLine(record.content)}`) : undefined;
      case 'status':
        return this.tellStatus(record);
      case 'error':
        return this.printErrorRecord(record);
      case 'done':
        if (this.shown === 'end') return this.printAll(record.text);
        return this.shown === 'output' && record.output !== null
          ? this.print(JSON.stringify(record.output))
          : undefined;
    }
  }

  async close(): Promise<void> {
    if (this.isLineOpen) await this.writer.write('\n');
    await this.writer.flush();
  }

  private print(content: string): Promise<void> | undefined {
    if (content === '') return undefined;
    if (this.writer.isTerminal) this.activity?.hide();
    const shown = this.writer.isTerminal ? neutralise(content) : content;
    // After a line on stderr the terminal is at the beginning of a line.
    const safe = this.newlines + (this.isBelowAside ? shown.replace(/^\n+/, '\n') : shown);
    this.isBelowAside = false;
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
    const line = 'The agent started this part over: the text below replaces the one above.';
    if (this.writer.isTerminal) return await this.aside(line);
    this.place.io.stderr.write(
      `session: ${line} stdout has both, with --no-stream only the text that counts.\n`,
    );
  }

  private async tellStatus(record: StatusRecord): Promise<void> {
    if (record.status === 'waiting_for_approval') return await this.tellQuestion(record);
    const line = describeWait(record);
    if (line !== undefined) await this.aside(line);
  }

  private async tellQuestion({ approval, tool, input }: Record<string, unknown>): Promise<void> {
    const id = shortenId(String(approval));
    await this.aside(`? ${describeToolCall({ name: String(tool), input })}`);
    await this.aside(`  "session approve ${id}" or "session deny ${id}"`);
  }

  /** An error is printed even with `--quiet`. */
  private async printErrorRecord(record: Extract<TurnOutput, { type: 'error' }>): Promise<void> {
    this.activity?.hide();
    await this.leaveLine();
    printError(record, this.place);
  }

  private async aside(line: string): Promise<void> {
    if (this.place.isQuiet) return;
    await this.leaveLine();
    const columns = findColumns(this.place.io.stderr);
    this.activity?.hide();
    this.place.io.stderr.write(
      `${this.paint.dim(columns === undefined ? line : cutToWidth(line, columns - 1))}\n`,
    );
  }

  /**
   * Ends the line of the answer when stdout and stderr are the same terminal, so that a line on stderr begins on its
   * own line.
   */
  private async leaveLine(): Promise<void> {
    await this.writer.flush();
    if (this.isMidLine) {
      this.place.io.stderr.write('\n');
      this.newlines = this.newlines.slice(1);
      this.isLineOpen = false;
      this.isBelowAside = true;
    }
  }
}

/** What the agent waits for, as a line; undefined for a state that is not shown. */
function describeWait({ status, ...detail }: StatusRecord): string | undefined {
  const told = (name: string): string | undefined => {
    const value = detail[name];
    return value === null || value === undefined ? undefined : oneLine(String(value));
  };
  if (status === 'waiting_for_limit')
    return `Waiting until ${told('retry_at') ?? 'the usage limit ends'} to go on: a usage limit is reached.`;
  if (status !== 'retrying') return undefined;
  const cause = [told('error_status'), told('error')].filter((part) => part !== undefined).join(' ');
  const most = told('max_retries');
  const attempt = `attempt ${told('attempt') ?? '?'}${most === undefined ? '' : ` of ${most}`}`;
  return `A call of the API failed${cause === '' ? '' : ` (${cause})`}. The agent tries again, ${attempt}.`;
}

function endOfText(text: string): number {
  let end = text.length;
  while (end > 0 && text[end - 1] === '\n') end--;
  return end;
}
