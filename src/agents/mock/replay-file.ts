import { createReadStream } from 'node:fs';
import path from 'node:path';
import { readLines } from '../../system/read-lines.ts';
import { Crash, TurnOver } from './io.ts';
import type { Turn } from './turn.ts';

const ANSWERED_IDS = /("(?:user_message_uuids?|command_uuid)":\[?)"[0-9a-f-]{36}"/g;

/** Prints a recorded stream line by line. When it ends without a result, the process ends without one too. */
export async function replayFile(turn: Turn, file: string): Promise<never> {
  const { cwd, output } = turn.machine;
  const { uuid } = turn.message;
  let isError: boolean | undefined;
  for await (const line of readLines(createReadStream(path.resolve(cwd, file)))) {
    if (line === undefined) continue;
    output.line(uuid === undefined ? line : line.replaceAll(ANSWERED_IDS, `$1"${uuid}"`));
    isError = resultIsError(line) ?? isError;
    await output.flush();
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
