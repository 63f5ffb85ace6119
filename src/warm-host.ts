import { text } from 'node:stream/consumers';
import { runWarmHost } from './agent/warm-host.ts';
import type { WarmOrder } from './agent/warm-protocol.ts';
import type { Io } from './io.ts';
import { resolveHome } from './settings/paths.ts';

/** `session warm-host`: holds one agent, on the order it reads from stdin, until that is gone. Small, since many may run. */
export async function warmHostProgram(_argv: string[], io: Io): Promise<number> {
  const order = JSON.parse(await text(io.stdin)) as WarmOrder;
  // The terminal it was started from, and the parent, may go.
  io.onSignal(() => {});
  io.stdout.on('error', () => {});
  try {
    await runWarmHost(order, resolveHome(io.env), (info) => io.stdout.write(`${JSON.stringify(info)}\n`));
    return 0;
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}
