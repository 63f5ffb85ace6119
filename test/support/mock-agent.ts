import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { buildInterruptLine, buildUserLine } from '../../src/agents/claude/message.ts';

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** The mock agent as a separate program, bundled like the product and started with claude's arguments. */
const MAIN = `
import { start } from './src/agents/mock/agent.ts';
const { stdin, stdout, stderr, env } = process;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const onSignal = (handler) => {
  for (const signal of SIGNALS) process.on(signal, handler);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handler);
  };
};
void start(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), onSignal }).then((status) => {
  process.exitCode = status;
});
`;

const STREAMING = [
  '-p',
  '--input-format',
  'stream-json',
  '--output-format',
  'stream-json',
  '--verbose',
] as const;

// oxlint-disable-next-line typescript/no-explicit-any -- Tests look at records of every kind.
export type StreamRecord = Record<string, any>;

export interface MockStart {
  args?: string[];
  env?: Record<string, string>;
  cwd?: string;
  home?: string;
  /** Whether deltas are printed; on by default, as in `session`. */
  isPartial?: boolean;
  /** Whether its output is kept; off for answers that are too long. */
  isHeard?: boolean;
}

/** Makes the agent's working directory and its home directory, for one test. */
export function makePlaces(): { cwd: string; home: string } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'mock-agent-')));
  return { cwd: folder, home: path.join(folder, 'home') };
}

/** A running mock agent, with all its output. */
export class MockAgent {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #waiting = new Set<() => void>();
  readonly lines: string[] = [];
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
  stderr = '';

  constructor(start: MockStart = {}) {
    const { args = [], env = {}, cwd = makePlaces().cwd, isPartial = true, isHeard = true } = start;
    const { home = path.join(cwd, 'home') } = start;
    const partial = isPartial ? ['--include-partial-messages'] : [];
    this.#child = spawn(process.execPath, [mockAgentBundle(), ...STREAMING, ...partial, ...args], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', CLAUDE_SESSION_HOME: home, ...env },
      stdio: 'pipe',
    });
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (data: Buffer) => {
      this.stderr += data.toString();
    });
    if (!isHeard) this.#child.stdout.resume();
    else
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.lines.push(line);
        for (const check of this.#waiting) check();
      });
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get records(): StreamRecord[] {
    return this.lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as StreamRecord];
      } catch {
        return [];
      }
    });
  }

  get result(): StreamRecord | undefined {
    return this.records.findLast((record) => record['type'] === 'result');
  }

  /** The text of the answer: all finished text blocks of the model. */
  get text(): string {
    return this.records
      .filter((record) => record['type'] === 'assistant' && record['message']['model'] !== '<synthetic>')
      .flatMap((record) => record['message']['content'] as StreamRecord[])
      .map((block) => (block['type'] === 'text' ? block['text'] : ''))
      .join('');
  }

  get toolResults(): StreamRecord[] {
    return this.records
      .filter((record) => record['type'] === 'user')
      .flatMap((record) => record['message']['content'] as StreamRecord[])
      .filter((block) => block['type'] === 'tool_result');
  }

  send(script: string): this {
    return this.write(buildUserLine(script));
  }

  interrupt(requestId = 'r1'): this {
    return this.write(buildInterruptLine(requestId));
  }

  write(text: string): this {
    this.#child.stdin.write(text);
    return this;
  }

  end(): this {
    this.#child.stdin.end();
    return this;
  }

  kill(signal: NodeJS.Signals): this {
    this.#child.kill(signal);
    return this;
  }

  closeStdout(): void {
    this.#child.stdout.destroy();
  }

  /** Calls `take` with each record that is printed from now on. */
  onRecord(take: (record: StreamRecord) => void): void {
    let taken = this.records.length;
    this.#waiting.add(() => {
      for (const record of this.records.slice(taken)) take(record);
      taken = this.records.length;
    });
  }

  /** Resolves with the first record, past or future, that matches. */
  until(like: StreamRecord): Promise<StreamRecord> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.records.find((record) => isLike(record, like));
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}

/** Runs one script to its end. */
export async function runScript(
  script: string,
  start: MockStart = {},
): Promise<MockAgent & { code: number | null }> {
  const agent = new MockAgent(start).send(script).end();
  const { code } = await agent.exited;
  return Object.assign(agent, { code });
}

/** Whether a process is running. A zombie is not. */
export function isAlive(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, 'utf8'));
}

/** Waits for the number that a process writes into a file. */
export async function pidIn(file: string): Promise<number> {
  for (;;) {
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (pid > 0) return pid;
    await sleep(20);
  }
}

function isLike(value: unknown, like: unknown): boolean {
  if (typeof like !== 'object' || like === null) return value === like;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(like).every(([key, each]) => isLike((value as StreamRecord)[key], each));
}

let bundle: string | undefined;

/** Builds the bundle once for each test file. */
function mockAgentBundle(): string {
  if (bundle !== undefined) return bundle;
  bundle = path.join(mkdtempSync(path.join(tmpdir(), 'mock-agent-')), 'mock-agent.cjs');
  buildSync({
    stdin: { contents: MAIN, resolveDir: TOP, loader: 'ts' },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: 'const __importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
  });
  return bundle;
}
