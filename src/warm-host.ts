import { runWarmHost } from './turns/warm-host.ts';
import type { Io } from './io.ts';
import { buildPaths } from './settings/paths.ts';
import { openStore } from './store/open.ts';

/** `session warm-host ID`: holds the agent of a session and runs its turns, until it is idle for too long. */
export async function warmHostProgram([sessionId = '']: string[], io: Io): Promise<number> {
  const paths = buildPaths(io.env);
  // Ignore signals of the terminal and the parent process, which may exit.
  io.onSignal(() => {});
  io.stdout.on('error', () => {});
  try {
    await runWarmHost(
      {
        sessionId,
        paths,
        self: io.self,
        isGuest: false,
        openStore: () => openStore(io.env, paths, { access: 'write' }),
      },
      () => io.stdout.write('ready\n'),
    );
    return 0;
  } catch (error) {
    io.stderr.write(`${(error as Error).message}\n`);
    return 1;
  }
}
