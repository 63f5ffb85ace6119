import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { start } from '../support/store-program.ts';
import { Place, PROGRAM } from '../support/run.ts';

const TOP = path.dirname(path.dirname(PROGRAM));

/** A copy of the built program, to be damaged. */
function copyProgram(place: Place): string {
  for (const directory of ['bin', 'dist'])
    cpSync(path.join(TOP, directory), path.join(place.root, 'copy', directory), { recursive: true });
  return path.join(place.root, 'copy');
}

test.each([
  ['is broken', 'throw new RangeError("broken");', 'INTERNAL'],
  ['is incomplete', 'require("./missing.cjs");', 'AGENT_FAILED'],
])('a program that %s says so in one sentence, with a record', async (_, content, code) => {
  const place = new Place();
  const copy = copyProgram(place);
  const file = path.join(copy, 'dist', 'session.cjs');
  chmodSync(file, 0o644);
  writeFileSync(file, content);
  const { ended } = start(
    process.execPath,
    [path.join(copy, 'bin', 'session.js'), 'list', '--json'],
    place.env,
  );
  const end = await ended;
  expect(end.code).toBe(1);
  expect(JSON.parse(end.stdout)).toMatchObject({ type: 'error', code, exit_status: 1 });
  expect(end.stderr.split('\n')).toHaveLength(3);
});

test('a program without its files says so in one sentence, with a record', async () => {
  const place = new Place();
  const copy = copyProgram(place);
  rmSync(path.join(copy, 'dist'), { recursive: true });
  const program = path.join(copy, 'bin', 'session.js');
  const end = await start(process.execPath, [program, 'list', '--json'], place.env).ended;
  expect(end.code).toBe(1);
  expect(JSON.parse(end.stdout)).toMatchObject({ type: 'error', code: 'AGENT_FAILED', exit_status: 1 });
  expect(end.stderr.split('\n')).toHaveLength(3);
});

test('too little address space for the engine is told, with what helps', async () => {
  const place = new Place();
  await place.newSession();
  const list = (env: Record<string, string>) =>
    start('sh', ['-c', 'ulimit -v 2000000; exec "$0" "$@"', process.execPath, PROGRAM, 'list', '--json'], {
      ...place.env,
      ...env,
    }).ended;
  const end = await list({});
  expect([end.code, JSON.parse(end.stdout)]).toEqual([
    9,
    expect.objectContaining({ type: 'error', code: 'STORE_UNREADABLE' }),
  ]);
  expect(end.stderr.split('\n')).toHaveLength(3);
  const option = /NODE_OPTIONS=(\S+?),/.exec(end.stderr)![1]!;
  expect((await list({ NODE_OPTIONS: option })).code).toBe(0);
});
