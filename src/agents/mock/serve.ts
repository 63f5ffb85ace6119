import { PassThrough } from 'node:stream';
import type { StopSignal } from '../../io.ts';
import { Crash, Interrupted } from './io.ts';
import type { MockIo } from './io.ts';
import type { Machine } from './machine.ts';
import type { UserMessage } from './message.ts';
import { runTurn } from './run-turn.ts';
import { readStdin } from './stdin.ts';
import { hang } from './wait.ts';

/** In this time after its start, claude has no signal handlers yet, so a signal kills it. */
const SIGNAL_READY_MS = 150;

/**
 * Answers the messages of stdin one after the other, until stdin ends or a signal or crash ends the process. Resolves
 * to the exit status.
 */
export async function serve(machine: Machine, io: MockIo): Promise<number> {
  const inbox = new PassThrough({ objectMode: true });
  /** Aborted when the process ends. */
  const life = new AbortController();
  let turn: AbortController | null = null;
  let isStopping = false;
  let end: (status: number) => void = () => {};
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });

  function onSignal(signal: StopSignal): void {
    if (machine.ignored.has(signal)) return;
    if (signal === 'SIGTERM') end(143);
    else if (signal === 'SIGHUP') end(129);
    else if (turn === null) end(0);
    else {
      isStopping = true;
      turn.abort(new Interrupted());
    }
  }

  async function answerAll(): Promise<number> {
    let isError = false;
    for await (const message of inbox as AsyncIterable<UserMessage>) {
      if (machine.transcript.hasTaken(message.uuid)) {
        machine.output.lifecycle(message.uuid, 'completed');
        continue;
      }
      await machine.mcp.ready();
      turn = new AbortController();
      isError = await runTurn(machine, message, AbortSignal.any([turn.signal, life.signal]));
      turn = null;
      if (isStopping) return 0;
    }
    if (machine.ignored.has('eof')) await hang(life.signal);
    return isError ? 1 : 0;
  }

  let stopListening = (): void => {};
  const ready = setTimeout(
    () => {
      stopListening = io.onSignal(onSignal);
    },
    Math.max(0, SIGNAL_READY_MS - performance.now()),
  );
  void readStdin(machine, io, {
    inbox,
    interrupt: () => turn?.abort(new Interrupted()),
    refuse: () => end(1),
  });
  try {
    return await Promise.race([ended, answerAll()]);
  } catch (error) {
    if (error instanceof Crash) return error.status;
    throw error;
  } finally {
    clearTimeout(ready);
    machine.output.close();
    life.abort(new Error('The process ends.'));
    await machine.mcp.stop();
    stopListening();
  }
}
