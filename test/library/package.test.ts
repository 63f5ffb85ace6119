import { execFileSync, spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { TOP, makeProject } from './project.ts';

const PROGRAM = `
  const sessions = await openTestSessions();
  const { id } = await sessions.create({ name: 'first' });
  for await (const record of sessions.send(id, 'say one')) if (record.type === 'done') console.log(record.text);
  const { signal } = new AbortController();
  await Promise.all(Array.from({ length: 12 }, () => sessions.list({ signal })));
  const failure = await sessions.info('nobody').catch((error) => error);
  console.log(failure instanceof SessionError, failure.code);
  await sessions.close();
`;

it.each([
  [
    'program.mjs',
    `import { SessionError } from 'claude-session';
     import { openTestSessions } from 'claude-session/testing';
     ${PROGRAM}`,
  ],
  [
    'program.cjs',
    `const { SessionError } = require('claude-session');
     const { openTestSessions } = require('claude-session/testing');
     (async () => { ${PROGRAM} })();`,
  ],
])('runs in %s, prints nothing of its own and lets the program end', (name, text) => {
  const project = makeProject({ [name]: text });
  const { status, stdout, stderr } = spawnSync(process.execPath, [name], {
    cwd: project,
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: process.env['PATH'] ?? '' },
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'one\ntrue NO_SESSION\n', stderr: '' });
});

it('is one library for modules of both kinds', () => {
  const project = makeProject({
    'program.mjs': `import { createRequire } from 'node:module';
      import { SessionError, openSessions } from 'claude-session';
      const other = createRequire(import.meta.url)('claude-session');
      console.log(other.SessionError === SessionError && other.openSessions === openSessions);`,
  });
  const stdout = execFileSync(process.execPath, ['program.mjs'], { cwd: project, encoding: 'utf8' });
  expect(stdout).toBe('true\n');
});

const TYPED = `
  import { openSessions, SessionError } from 'claude-session';
  import type { DoneRecord, Sessions, SessionRecord, TurnRecord } from 'claude-session';
  import { openTestSessions } from 'claude-session/testing';

  export async function use(): Promise<string | null> {
    await using sessions: Sessions = await openTestSessions();
    const session: SessionRecord = await sessions.create({ mode: 'user', study: 'bracket' });
    const turn = sessions.send(session.id, 'Summarise', { timeoutMs: 60_000, signal: AbortSignal.timeout(1) });
    for await (const record of turn) {
      const each: TurnRecord = record;
      if (each.type === 'text') each.content.toUpperCase();
      // @ts-expect-error Only a text has a content of this name.
      if (each.type === 'start') each.content;
    }
    const done: DoneRecord = await turn.result;
    // @ts-expect-error There is no such mode.
    await sessions.switchMode(session.id, 'admin');
    // @ts-expect-error There is no such option.
    sessions.send(session.id, 'hello', { timeout: 1 });
    const { home } = await openSessions({ home: '/tmp' }).catch((error: unknown) => {
      if (error instanceof SessionError && error.code === 'BUSY') return { home: error.hint };
      return { home: undefined };
    }) as { home?: string };
    return home ?? done.text;
  }
`;

it.each(['node16', 'bundler'])('has types that hold in a strict project (%s)', (resolution) => {
  const project = makeProject({
    'program.mts': TYPED,
    'program.cts': TYPED,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        module: resolution === 'bundler' ? 'preserve' : 'node16',
        moduleResolution: resolution,
        target: 'es2023',
        types: ['node'],
        skipLibCheck: false,
        preserveSymlinks: true,
      },
      include: ['program.*'],
    }),
  });
  const tsc = path.join(TOP, 'node_modules/typescript/lib/tsc.js');
  const { status, stdout } = spawnSync(process.execPath, [tsc], { cwd: project, encoding: 'utf8' });
  const ours = stdout.split('\n').filter((line) => !line.includes('@types/node') && line !== '');
  expect({ ours, status: ours.length === 0 ? 0 : status }).toEqual({ ours: [], status: 0 });
});
