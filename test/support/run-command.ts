import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli.ts';
import type { Io } from '../../src/io.ts';
import { buildPaths } from '../../src/settings/paths.ts';
import { temporaryDirectory } from './temporary.ts';
import { ensureDatabase, toTestUrl } from './test-store.ts';

const BUNDLE = fileURLToPath(new URL('../../dist/session.cjs', import.meta.url));

/** The result of a command line. */
export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** A home and a root for one test, to run command lines in. */
export interface Workplace {
  /** The parent directory of both. */
  top: string;
  root: string;
  env: Record<string, string>;
  paths: ReturnType<typeof buildPaths>;
  /** Runs one command line in this process. */
  run(words: string[], given?: { env?: Record<string, string>; stdin?: string }): Promise<Outcome>;
}

/** Makes a workplace in which only the root exists. */
export function makeWorkplace(): Workplace {
  const top = temporaryDirectory();
  const root = path.join(top, 'root');
  mkdirSync(root);
  const env: Record<string, string> = {
    HOME: top,
    PATH: process.env['PATH'] ?? '',
    CLAUDE_SESSION_HOME: path.join(top, 'home'),
    CLAUDE_SESSION_AGENT: 'mock',
  };
  const url = toTestUrl(buildPaths(env).store);
  if (url !== undefined) env['CLAUDE_SESSION_STORE_URL'] = url;
  const workplace: Workplace = {
    top,
    root,
    env,
    paths: buildPaths(env),
    async run(words, given = {}) {
      await ensureDatabase(url);
      const stdout = new PassThrough();
      const stderr = new PassThrough();
      const io: Io = {
        stdin: Readable.from(given.stdin === undefined ? [] : [given.stdin]),
        stdout,
        stderr,
        env: { ...env, ...given.env },
        cwd: root,
        self: [process.execPath, BUNDLE],
        onSignal: () => () => {},
      };
      const said = Promise.all([gather(stdout), gather(stderr)]);
      const status = await run(words, io);
      stdout.end();
      stderr.end();
      const [out, err] = await said;
      return { status, stdout: out, stderr: err };
    },
  };
  return workplace;
}

async function gather(stream: Readable): Promise<string> {
  let text = '';
  for await (const piece of stream) text += String(piece);
  return text;
}
