import { createReadStream } from 'node:fs';
import path from 'node:path';
import { readLines } from '../inbox.ts';
import { Crash, TurnOver } from '../machine.ts';
import type { Turn } from '../turn.ts';

/** Prints a recorded stream line by line; one that ends without a result ends the process so too. */
export async function replayFile(turn: Turn, file: string): Promise<never> {
  const { cwd, output } = turn.machine;
  let isError: boolean | undefined;
  for await (const line of readLines(createReadStream(path.resolve(cwd, file)))) {
    output.line(line);
    isError = resultIsError(line) ?? isError;
    await output.breathe();
    turn.signal.throwIfAborted();
  }
  throw isError === undefined ? new Crash(1) : new TurnOver(isError);
}

function resultIsError(line: string): boolean | undefined {
  try {
    const { type, is_error } = JSON.parse(line) as { type?: string; is_error?: boolean };
    return type === 'result' ? is_error === true : undefined;
  } catch {
    return undefined;
  }
}
