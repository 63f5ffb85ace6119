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

/** Where a turn is printed. */
export interface TextPlace extends ErrorPlace {
  printer: Printer;
  isQuiet: boolean;
}

/** What of an answer is shown: all as it comes, all at its end, or the structured answer alone. */
type ShownText = 'stream' | 'end' | 'output';

/**
 * The answer on stdout as it comes, ending in exactly one newline; tool calls and what else happens as dim lines on stderr.
 *
 * Text that was printed can't be taken back where the agent starts over. A line on stderr says so, also when all else is
 * quiet, and the new text follows on a new line.
 */
export class TurnText {
  private readonly place: TextPlace;
  private readonly shown: ShownText;
  private readonly writer: Writer;
  private readonly paint: Palette;
  private readonly activity: TurnActivity | undefined;
  /** Newlines are held back until text follows, so that one can be the last. */
  private newlines = '';
  /** Whether the last line on stdout still lacks its newline. */
  private isLineOpen = false;
  /** Whether what is shown last is a line of ours, on the terminal that has the answer too. */
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
        return this.tellError(record);
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
    // Behind a line of ours the terminal is at the beginning of a line.
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

  /** An error is told even where all else is not wanted. */
  private async tellError(record: Extract<TurnOutput, { type: 'error' }>): Promise<void> {
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

  /** Where stdout and stderr go to the same place, a line of ours must not begin behind the answer's last word. */
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

/** What the agent waits for, as a line; undefined for what nobody has to know. */
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
