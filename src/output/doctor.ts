import type { CheckRecord } from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import type { Piece, TextStyle } from './printer.ts';

const NAME_WIDTH = 12;

/** Each check on a line as it comes, and below it what to do. */
export async function* renderChecks(
  checks: AsyncIterable<CheckRecord>,
  { paint }: TextStyle,
): AsyncGenerator<Piece> {
  const colour = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  for await (const { name, status, detail, hint } of checks) {
    const lead = `${colour[status](status.padEnd(4))}  ${oneLine(name).padEnd(NAME_WIDTH)}  `;
    yield { styled: `${lead}${oneLine(detail)}\n` };
    if (hint !== null) yield { styled: `${' '.repeat(NAME_WIDTH + 8)}${paint.dim(oneLine(hint))}\n` };
  }
}
