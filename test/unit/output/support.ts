import { Writable } from 'node:stream';
import type { Output } from '../../../src/io.ts';
import { choosePalette } from '../../../src/output/colour.ts';
import type { Format } from '../../../src/output/format.ts';
import { Printer } from '../../../src/output/printer.ts';
import { Writer } from '../../../src/output/writer.ts';

/** A stream that keeps what it was given. */
export class Sheet extends Writable {
  text = '';
  chunks = 0;
  isTTY?: boolean;
  columns?: number;

  constructor({ isTTY, columns }: { isTTY?: boolean; columns?: number } = {}) {
    super({ decodeStrings: false });
    if (isTTY !== undefined) this.isTTY = isTTY;
    if (columns !== undefined) this.columns = columns;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    if (chunk.length > 0) this.chunks += 1;
    done();
  }
}

/** Runs what prints, on a pipe or a terminal, and returns what came out. */
export async function printed(
  print: (place: {
    printer: Printer;
    io: { stderr: Output; env: Record<string, string> };
    mask(text: string): string;
  }) => Promise<unknown>,
  options: { format?: Format; isTTY?: boolean; columns?: number; env?: Record<string, string> } = {},
): Promise<{ stdout: string; stderr: string; writer: Writer }> {
  const stdout = new Sheet(options);
  const stderr = new Sheet(options);
  const writer = new Writer(stdout);
  // CI keeps the spinner off, NO_COLOR the colours.
  const env = { CI: '1', NO_COLOR: '1', ...options.env };
  await print({
    printer: new Printer(writer, options.format ?? 'text', choosePalette(stdout, env)),
    io: { stderr, env },
    mask: (text) => text,
  });
  await writer.flush();
  return { stdout: stdout.text, stderr: stderr.text, writer };
}
