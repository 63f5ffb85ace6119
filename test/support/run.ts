/**
 * Runs the built program in real processes, with a home and a root for each test, and the mock agent.
 *
 * `SESSION_PROGRAM` is the path of another build to test, such as an installed one.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { expectNoProcess, killAll } from './processes.ts';

export const PROGRAM =
  process.env['SESSION_PROGRAM'] ?? fileURLToPath(new URL('../../bin/session.js', import.meta.url));

/** Whether the long tests run. */
export const isTorture = process.env['SESSION_TORTURE'] === 'full';

// oxlint-disable-next-line typescript/no-explicit-any -- Tests look at records of every kind.
export type Content = Record<string, any>;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

export interface Start {
  /** The content of stdin; empty by default. `open` is a pipe that is neither written to nor closed. */
  stdin?: string | Buffer | 'open';
  /** A descriptor for stdout. */
  stdout?: number;
  stderr?: number;
  env?: Record<string, string>;
  cwd?: string;
  /** Arguments of Node before the program (`--require …`). */
  node?: string[];
}

/** A run of the program. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) =>
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }),
      );
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get records(): Content[] {
    return parseLines(this.stdout);
  }

  kill(signal: NodeJS.Signals): this {
    this.child.kill(signal);
    return this;
  }

  /** Resolves when its stdout contains a text. Fails when it exits without it. */
  async says(text: string): Promise<void> {
    let hasEnded = false;
    void this.ended.then(() => (hasEnded = true));
    while (!this.stdout.includes(text)) {
      if (hasEnded) throw new Error(`It ended without saying "${text}": ${this.stdout}${this.stderr}`);
      await sleep(5);
    }
  }
}

/** A home, and a working directory for agents. Both are removed after the test. */
export class Place {
  readonly root: string;
  readonly home: string;
  /** The user to run as; by default the current one. */
  uid: number | undefined;
  env: Record<string, string>;

  constructor(name = 'home') {
    this.root = realpathSync(mkdtempSync(path.join(tmpdir(), 'session-run-')));
    this.home = path.join(this.root, name);
    this.env = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.root,
      CLAUDE_SESSION_HOME: this.home,
      CLAUDE_SESSION_AGENT: 'mock',
      // Allows power mode as root, which the agent refuses outside a sandbox.
      IS_SANDBOX: '1',
    };
    onTestFinished(() => {
      killAll(this.home);
      rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
    });
  }

  start(argv: string[], { stdin, stdout, stderr, env, cwd, node = [] }: Start = {}): Running {
    const child = spawn(process.execPath, [...node, PROGRAM, ...argv], {
      cwd: cwd ?? this.root,
      env: { ...this.env, ...env },
      ...(this.uid !== undefined && { uid: this.uid, gid: this.uid }),
      stdio: [stdin === undefined ? 'ignore' : 'pipe', stdout ?? 'pipe', stderr ?? 'pipe'],
    });
    child.stdin?.on('error', () => {});
    if (stdin !== undefined && stdin !== 'open') child.stdin?.end(stdin);
    return new Running(child);
  }

  run(argv: string[], start: Start = {}): Promise<Ended> {
    return this.start(argv, start).ended;
  }

  /** Like `run`, but fails when the command fails. */
  async must(...argv: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv);
    if (code !== 0) throw new Error(`session ${argv.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Creates a session with the mock agent. Resolves to its id. */
  async newSession(...argv: string[]): Promise<string> {
    return (await this.must('new', ...argv)).trim();
  }

  async history(id: string): Promise<Content[]> {
    return JSON.parse(await this.must('history', id, '--json')) as Content[];
  }

  async show(id: string): Promise<Content> {
    return JSON.parse(await this.must('show', id, '--json')) as Content;
  }

  /** The current files of turns and agents. */
  runFiles(): string[] {
    const run = path.join(this.home, 'run');
    return existsSync(run) ? (readdirSync(run, { recursive: true }) as string[]).toSorted() : [];
  }

  /** Fails when a process or a file of a turn remains. */
  async expectNothingLeft(): Promise<void> {
    await expectNoProcess(this.home);
    expect(this.runFiles()).toEqual([]);
  }

  /** Creates the home, as the first command would. */
  makeHome(): this {
    mkdirSync(this.home, { mode: 0o700 });
    return this;
  }
}

export function parseLines(text: string): Content[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Content);
}

/** Waits until a condition is true, and fails after `withinMs`. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await isTrue()); await sleep(10))
    if (Date.now() > end) throw new Error(`Waited ${withinMs} ms in vain for ${isTrue.toString()}`);
}
