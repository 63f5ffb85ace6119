import type { Io } from '../io.ts';
import { Context } from '../library/context.ts';
import { choosePalette } from '../output/colour.ts';
import type { Colour } from '../output/colour.ts';
import { resolveColour, resolveFormat, withoutData } from '../output/format.ts';
import { Printer } from '../output/printer.ts';
import { Writer } from '../output/writer.ts';
import { escapeLine } from '../text/safe-text.ts';

/** One run of the program: its arguments, and what it opens on demand and closes at the end. */
export class Invocation extends Context {
  readonly io: Io;
  readonly printer: Printer;
  readonly colour: Colour;
  readonly isQuiet: boolean;

  /** Reads the output format from the raw words, so that usage errors have it too. */
  constructor(io: Io, argv: readonly string[]) {
    super(io);
    this.io = io;
    this.colour = resolveColour(argv);
    this.isQuiet = withoutData(argv).some((word) => word === '-q' || word === '--quiet');
    const paint = choosePalette(io.stdout, io.env, this.colour);
    this.printer = new Printer(new Writer(io.stdout), resolveFormat(argv), paint);
  }

  /** Prints to stderr. */
  override notice(sentence: string): void {
    if (!this.isQuiet) this.io.stderr.write(`session: ${escapeLine(this.mask(sentence))}\n`);
  }

  async close(): Promise<void> {
    await this.closeStores();
    await this.printer.writer.end();
  }
}
