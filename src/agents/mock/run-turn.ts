import { Crash, Interrupted, TurnOver } from './io.ts';
import { announce } from './init.ts';
import type { Machine } from './machine.ts';
import type { UserMessage } from './message.ts';
import { firstVerb, parseScript } from './script.ts';
import { Turn } from './turn.ts';

/** Longer messages are cut in the transcript. */
const REMEMBERED_CHARACTERS = 10_000;

/**
 * Runs one turn to its result, and returns true when that is an error. Throws Crash to end the process without a
 * result.
 */
export async function runTurn(machine: Machine, message: UserMessage, signal: AbortSignal): Promise<boolean> {
  machine.output.lifecycle(message.uuid, 'started');
  const text = message.script.slice(0, REMEMBERED_CHARACTERS);
  machine.transcript.add({ type: 'user', text, uuid: message.uuid });
  try {
    return await runScript(new Turn(machine, message, signal));
  } catch (error) {
    if (!(error instanceof TurnOver)) throw error;
    machine.output.lifecycle(message.uuid, error.isError ? 'cancelled' : 'completed');
    return error.isError;
  } finally {
    await machine.output.flush();
  }
}

/** Throws TurnOver once the result is printed, or Crash. */
async function runScript(turn: Turn): Promise<never> {
  const { script, uuid } = turn.message;
  if (firstVerb(script) !== 'replay') announce(turn.machine, uuid);
  try {
    for (const step of parseScript(script)) {
      await step(turn);
      turn.signal.throwIfAborted();
    }
  } catch (error) {
    if (error instanceof TurnOver || error instanceof Crash) throw error;
    if (turn.signal.reason instanceof Interrupted) turn.interrupt();
    turn.signal.throwIfAborted();
    turn.fail({ text: `Mock agent: ${(error as Error).message}`, error: 'invalid_request', status: 400 });
  }
  turn.finish();
}
