import type { Failure } from './failures.ts';
import { Crash, Interrupted, TurnOver } from './machine.ts';
import type { Machine } from './machine.ts';
import { parseScript } from './script.ts';
import type { Script } from './script.ts';
import { Turn } from './turn.ts';
import { ScriptError } from './verbs/arguments.ts';

interface UserMessage {
  text: string;
  /** A slash command that claude would run in its place. */
  command: string | null;
}

/** Runs one turn to its result; true when that is an error. Throws Crash where the process is to end without one. */
export async function answerMessage(
  machine: Machine,
  message: UserMessage,
  signal: AbortSignal,
): Promise<boolean> {
  const turn = new Turn(machine, signal);
  try {
    await run(turn, message);
  } catch (error) {
    if (error instanceof TurnOver) return error.isError;
    throw error;
  } finally {
    await machine.output.breathe();
  }
  return false;
}

async function run(turn: Turn, { text, command }: UserMessage): Promise<void> {
  turn.machine.transcript.add('user', text);
  const script = command === null ? readScript(text) : unknownCommand(command);
  if (!script.isWholeTurn) turn.stream.begin();
  try {
    for (const step of script.steps) {
      await step(turn);
      turn.signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof TurnOver || error instanceof Crash) throw error;
    if (turn.signal.reason instanceof Interrupted) turn.interrupt();
    turn.signal.throwIfAborted();
    turn.fail(scriptFailure(`Mock agent: ${(error as Error).message}`));
  }
  turn.finish();
}

function unknownCommand(command: string): Script {
  return { steps: [(turn) => turn.say(`Unknown command: ${command}`)], isWholeTurn: false };
}

/** A script that can't be understood fails the turn, with the reason as its error. */
function readScript(text: string): Script {
  try {
    return parseScript(text);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    return { steps: [(turn) => turn.fail(scriptFailure(error.message))], isWholeTurn: false };
  }
}

function scriptFailure(text: string): Failure {
  return { text, error: 'invalid_request', status: 400 };
}
