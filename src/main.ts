import { join } from 'node:path';
import { STOP_SIGNALS } from './io.ts';
import type { Io } from './io.ts';
import { run } from './cli.ts';
import { findOwnStdin } from './system/own-stdin.ts';
import { ignoreSignalsAgain } from './system/ignored-signals.ts';

/** A reader of stderr that leaves misses what is said there, and nothing else. */
const ignoreFailures = (): void => {};

/** A directory that was removed under us is told of as the shell does, and left: libraries ask for it without need. */
function currentDirectory(): string {
  try {
    return process.cwd();
  } catch {
    process.chdir('/');
    return process.env['PWD'] ?? '/';
  }
}

const ignored = ignoreSignalsAgain(process.env);
const heeded = STOP_SIGNALS.filter((signal) => !ignored.includes(signal));

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
  // The launcher, so that what starts us again starts as fast.
  self: [process.execPath, join(__dirname, 'launcher.cjs')],
  onSignal(handler) {
    for (const signal of heeded) process.on(signal, handler);
    return () => {
      for (const signal of heeded) process.off(signal, handler);
    };
  },
};

void run(process.argv.slice(2), io).then((status) => {
  process.exitCode = status;
});
