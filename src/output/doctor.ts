import type { CheckRecord } from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import type { Piece, TextStyle } from './printer.ts';
import { wrapToWidth } from './table.ts';

const NAME_WIDTH = 12;
/** The column after the status and the name. */
const INDENT = NAME_WIDTH + 8;
/** The layout for a narrow terminal. */
const NARROW = { columns: 60, indent: 6 };

/** Each check on its own line as it comes, wrapped to a terminal's width, with a hint below. */
export async function* renderChecks(
  checks: AsyncIterable<CheckRecord>,
  { paint, columns = Infinity }: TextStyle,
): AsyncGenerator<Piece> {
  const colour = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  const indent = columns < NARROW.columns ? NARROW.indent : INDENT;
  const block = (text: string, dress = (line: string): string => line): string =>
    wrapToWidth(oneLine(text), columns - indent)
      .map((line) => `${' '.repeat(indent)}${dress(line)}\n`)
      .join('');
  for await (const { name, status, detail, hint } of checks) {
    const lead = `${colour[status](status.padEnd(4))}  ${oneLine(name).padEnd(NAME_WIDTH)}`;
    const told =
      indent === INDENT ? `${lead}  ${block(detail).slice(indent)}` : `${lead.trimEnd()}\n${block(detail)}`;
    yield { styled: told + (hint === null ? '' : block(hint, paint.dim)) };
  }
}
