/**
 * The built program in real processes, in a home and a root of the test's own, with the mock agent.
 *
 * `SESSION_PROGRAM` names another build to test, such as an installed one.
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

/** Whether there is time for the long tests. */
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
  /** What stdin holds; without it, stdin is empty. `open` is a pipe that is never written to nor closed. */
  stdin?: string | Buffer | 'open';
  /** A descriptor that takes stdout instead of us. */
  stdout?: number;
  stderr?: number;
  env?: Record<string, string>;
  cwd?: string;
  /** Given to Node before the program (`--require …`). */
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

  /** Resolves when its stdout holds a text. Fails when it ends without. */
  async says(text: string): Promise<void> {
    let hasEnded = false;
    void this.ended.then(() => (hasEnded = true));
    while (!this.stdout.includes(text)) {
      if (hasEnded) throw new Error(`It ended without saying "${text}": ${this.stdout}${this.stderr}`);
      await sleep(5);
    }
  }
}

/** A home, and a directory for agents to work in. Nothing of either outlives the test. */
export class Place {
  readonly root: string;
  readonly home: string;
  /** The user to run as; ours, without. */
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
      // Power mode as root, which the agent refuses where nobody says that this is a sandbox.
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

  /** As `run`, for what has to work. */
  async must(...argv: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(argv);
    if (code !== 0) throw new Error(`session ${argv.join(' ')} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** A session with the mock agent; resolves to its id. */
  async newSession(...argv: string[]): Promise<string> {
    return (await this.must('new', ...argv)).trim();
  }

  async history(id: string): Promise<Content[]> {
    return JSON.parse(await this.must('history', id, '--json')) as Content[];
  }

  async show(id: string): Promise<Content> {
    return JSON.parse(await this.must('show', id, '--json')) as Content;
  }

  /** The files of turns and agents that are there now. */
  runFiles(): string[] {
    const run = path.join(this.home, 'run');
    return existsSync(run) ? (readdirSync(run, { recursive: true }) as string[]).toSorted() : [];
  }

  /** Fails when a process or a file of a turn is left. */
  async expectNothingLeft(): Promise<void> {
    await expectNoProcess(this.home);
    expect(this.runFiles()).toEqual([]);
  }

  /** Makes sure that the home exists, as after a first command. */
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

/** Waits for something to become true; fails after a while. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const end = Date.now() + withinMs; !(await isTrue()); await sleep(10))
    if (Date.now() > end) throw new Error(`Waited ${withinMs} ms in vain for ${isTrue.toString()}`);
}
