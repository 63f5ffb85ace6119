import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type FakeApi, startFakeApi } from '../support/fake-api.ts';
import { type Run, type Running, startSession } from './running.ts';
import { endSurvivors, findSurvivors } from './survivors.ts';

/** The claude that this run tests (vitest.config.mts). */
const CLAUDE_VERSION = process.env['TESTED_CLAUDE']!;

const INSTALL = fileURLToPath(new URL('install.mjs', import.meta.url));

/**
 * A made-up machine for one test: its own home, store, project and provider, and the real claude.
 *
 * Nothing of the caller's environment reaches claude, so no real account or setting is ever used.
 */
export interface Workbench {
  api: FakeApi;
  /** HOME of the made-up user. */
  userHome: string;
  /** The project, in which commands run. */
  root: string;
  /** A place for files outside the project. */
  scratch: string;
  env: Record<string, string>;
  /** Writes the user's settings. */
  configure(settings: Record<string, unknown>): void;
  start(...args: string[]): Running;
  run(...args: string[]): Promise<Run>;
  /** Sends a message by way of a file, since an argument can hold neither NUL nor 12 MB. */
  send(session: string, message: string, ...args: string[]): Promise<Run>;
  /** Creates a session and gives its id. */
  create(...args: string[]): Promise<string>;
  /** Processes that carry this machine's HOME in their environment: whatever was started here and still lives. */
  survivors(): string[];
}

export async function openWorkbench(): Promise<Workbench> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'claude-session-')));
  const userHome = join(scratch, 'home');
  const root = join(scratch, 'project');
  const temporary = join(scratch, 'tmp');
  for (const directory of [userHome, root, temporary]) mkdirSync(directory);
  const store = join(scratch, 'store');
  mkdirSync(store, { mode: 0o700 });
  const api = await startFakeApi();
  const env: Record<string, string> = {
    HOME: userHome,
    TMPDIR: temporary,
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    SHELL: '/bin/sh',
    ANTHROPIC_API_KEY: 'sk-fake',
    ANTHROPIC_BASE_URL: api.url,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_SESSION_HOME: store,
    CLAUDE_SESSION_CLAUDE: claudeBinary(),
  };
  const start = (...args: string[]): Running => startSession(args, { cwd: root, env });
  const run = (...args: string[]): Promise<Run> => start(...args).ended;
  onTestFinished(async () => {
    endSurvivors(userHome);
    await api.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });
  return {
    api,
    userHome,
    root,
    scratch,
    env,
    configure: (settings) => writeFileSync(join(store, 'config.json'), JSON.stringify(settings)),
    start,
    run,
    send(session, message, ...args) {
      const file = join(scratch, 'message.txt');
      writeFileSync(file, message);
      return run('send', session, '--file', file, ...args);
    },
    create: async (...args) => (await run('new', ...args)).stdout.trim(),
    survivors: () => findSurvivors(userHome),
  };
}

let binary: string | undefined;

function claudeBinary(): string {
  binary ??= execFileSync(process.execPath, [INSTALL, CLAUDE_VERSION], { encoding: 'utf8' }).trim();
  return binary;
}
