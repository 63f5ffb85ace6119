import { join } from 'node:path';
import type { Io } from './io.ts';
import { run } from './cli.ts';
import { findOwnStdin } from './system/own-stdin.ts';
import { ENDING_SIGNALS, ignoreSignalsAgain } from './system/ignored-signals.ts';

/** A closed stderr is ignored. */
const ignoreFailures = (): void => {};

/**
 * The current directory. When it was removed, changes to `/`, because libraries need one, and returns the path that the
 * shell has.
 */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.chdir('/');
    return process.env['PWD'] ?? '/';
  }
}

const ignored = ignoreSignalsAgain(process.env);
const heeded = ENDING_SIGNALS.filter((signal) => !ignored.includes(signal));
// Otherwise Node opens a port for debuggers.
process.on('SIGUSR1', () => {});

const io: Io = {
  get stdin() {
    return process.stdin;
  },
  findOwnStdin,
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    const { stderr } = process;
    if (!stderr.listeners('error').includes(ignoreFailures)) stderr.on('error', ignoreFailures);
    return stderr;
  },
  env: process.env,
  cwd: currentDirectory(),
  // The launcher, so that a new process starts as fast.
  self: [process.execPath, join(__dirname, 'launcher.cjs')],
  onSignal(handler) {
    const listener = (signal: (typeof heeded)[number]): void =>
      handler(signal === 'SIGQUIT' ? 'SIGTERM' : signal);
    for (const signal of heeded) process.on(signal, listener as NodeJS.SignalsListener);
    return () => {
      for (const signal of heeded) process.off(signal, listener as NodeJS.SignalsListener);
    };
  },
};

void run(process.argv.slice(2), io).then((status) => {
  process.exitCode = status;
});
