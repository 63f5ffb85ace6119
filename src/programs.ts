import { Invocation } from './commands/invocation.ts';
import type { DetachedTurn } from './turns/detach.ts';
import { StopRequest } from './turns/stop-request.ts';
import type { Io } from './io.ts';

/** `session run-turn`: runs a detached turn. Prints nothing; the result is in the store. */
export async function runTurnProgram(argv: string[], io: Io): Promise<number> {
  const work = JSON.parse(argv[0] ?? '') as DetachedTurn;
  const invocation = new Invocation(io, ['--quiet']);
  const stop = new StopRequest();
  const off = io.onSignal((signal) => stop.ask(signal));
  try {
    const { runDetached } = await import('./turns/detach.ts');
    await runDetached(await invocation.services(io.cwd), work, stop, io.stdin);
    return 0;
  } finally {
    off();
    await invocation.close();
  }
}
