import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SESSION = fileURLToPath(new URL('../../bin/session.js', import.meta.url));

/** A record as `--ndjson` prints it; tests look at the fields they name. */
// eslint-disable-next-line typescript/no-explicit-any -- Tests read fields of any record kind.
export type OutputRecord = { type: string } & Record<string, any>;

/** What a finished `session` left. */
export interface Run {
  status: number | null;
  stdout: string;
  stderr: string;
  /** The records of a run with `--ndjson`. */
  records: OutputRecord[];
  /** Its last record. */
  done: OutputRecord;
}

/** A `session` at work. */
export interface Running {
  process: ChildProcess;
  ended: Promise<Run>;
  /** Resolves once stdout holds this text. */
  said(text: string): Promise<void>;
}

/** Starts the built product. `pauseMs` makes it face a reader that rests so long after each chunk. */
export function startSession(
  args: string[],
  options: { cwd: string; env: Record<string, string>; pauseMs?: number },
): Running {
  const { pauseMs = 0, ...place } = options;
  const child = spawn(process.execPath, [SESSION, ...args], { ...place, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  let stdout = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  const reading = (async () => {
    for await (const chunk of child.stdout.setEncoding('utf8')) {
      stdout += chunk as string;
      if (pauseMs > 0) await sleep(pauseMs);
    }
  })();
  const closed = once(child, 'close') as Promise<[number | null]>;
  const ended = Promise.all([closed, reading]).then(([[status]]) => toRun(status, stdout, stderr));
  return {
    process: child,
    ended,
    async said(text) {
      while (!stdout.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`Ended without saying ${text}:\n${stdout}\n${stderr}`);
        await sleep(5);
      }
    },
  };
}

function toRun(status: number | null, stdout: string, stderr: string): Run {
  return {
    status,
    stdout,
    stderr,
    get records() {
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as OutputRecord);
    },
    get done() {
      return this.records.at(-1) ?? { type: 'nothing', stderr };
    },
  };
}
