import type { Io } from '../io.ts';
import { choosePalette } from './colour.ts';
import type { CheckRecord } from '../model/records.ts';
import { oneLine } from '../text/safe-text.ts';
import type { Writer } from './writer.ts';

const NAME_WIDTH = 12;

/** Prints each check on a line as it comes, and below it what to do. */
export async function renderChecks(
  checks: AsyncIterable<CheckRecord>,
  { writer, io }: { writer: Writer; io: Pick<Io, 'stdout' | 'env'> },
): Promise<void> {
  const paint = choosePalette(io.stdout, io.env);
  const colour = { ok: paint.green, warn: paint.yellow, fail: paint.red };
  for await (const { name, status, detail, hint } of checks) {
    const lead = `${colour[status](status.padEnd(4))}  ${oneLine(name).padEnd(NAME_WIDTH)}  `;
    await writer.writeStyled(`${lead}${oneLine(detail)}\n`);
    if (hint !== null) await writer.writeStyled(`${' '.repeat(NAME_WIDTH + 8)}${paint.dim(oneLine(hint))}\n`);
  }
}
