import { join } from 'node:path';
import { Writable } from 'node:stream';
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

/** The stdout of a command that has none: what is printed fails. */
const noStdout = new Writable({
  write: (_chunk, _encoding, done) => done(new Error('stdout is closed')),
});
const hasStdout = process.env['SESSION_NO_STDOUT'] === undefined;
delete process.env['SESSION_NO_STDOUT'];

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
    return hasStdout ? process.stdout : noStdout;
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
