import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/sqlite/open.ts';
import { ownerOf, selfOwner } from '../../src/system/owner.ts';
import { kill, processesOf } from '../support/processes.ts';
import { isTorture, Place } from '../support/run.ts';

/** A turn in mid-answer when the power goes: every process of it is dead, and what it had written is there. */
async function losePower(place: Place, id: string, script: string, ...flags: string[]): Promise<void> {
  const running = place.start(['send', id, `say one two\n${script}`, '--ndjson', ...flags]);
  await running.says('two');
  for (const { pid } of processesOf(place.home)) kill(pid, 'SIGKILL');
  await running.ended;
}

/** Gives the turn to another owner, as if its process had been that one. */
async function forgeOwners(place: Place, id: string, forged: string): Promise<void> {
  const store = await openStore(path.join(place.home, 'sessions.sqlite'), { access: 'write' });
  const [turn] = await store.turns.open(id);
  expect(await store.turns.adopt(turn!.id, turn!.owner, forged)).toBe(forged);
  await store.close();
  const file = path.join(place.home, 'run', id, `${turn!.id}.agent`);
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), owner: forged }));
}

/** The owner name of a process that lives, but began at another time: a pid that was given away again. */
function reused(pid: number): string {
  return ownerOf(pid).replace(/\.\d+@/, '.17@');
}

test('what was said before the power went is kept, and the session goes on', async () => {
  const place = new Place();
  const id = await place.newSession();
  await losePower(place, id, 'hang');
  await place.must('send', id, 'say next');
  expect((await place.history(id)).map(({ status, content }) => [status, content]).slice(1)).toEqual([
    ['interrupted', 'one two'],
    ['completed', 'say next'],
    ['completed', 'next'],
  ]);
  await place.expectNothingLeft();
});

test('a pid that was given to somebody else is neither waited for nor signalled', async () => {
  const place = new Place();
  const id = await place.newSession();
  await losePower(place, id, 'hang');
  // This very process would be killed.
  expect(reused(process.pid)).not.toBe(selfOwner());
  await forgeOwners(place, id, reused(process.pid));
  expect(await place.must('send', id, 'say next')).toBe('next\n');
  expect((await place.history(id))[1]).toMatchObject({ status: 'interrupted', content: 'one two' });
  await place.expectNothingLeft();
});

const ELSEWHERE = '4711.17-aaaaaaaa@elsewhere/pid:[1]';

test('the turn of another machine is left to it', async () => {
  const place = new Place();
  const id = await place.newSession();
  await losePower(place, id, 'hang');
  await forgeOwners(place, id, ELSEWHERE);
  const { code, stderr } = await place.run(['send', id, 'say next', '--no-wait']);
  expect(code).toBe(6);
  expect(stderr).toContain('process 4711 on elsewhere');
  expect((await place.history(id))[0]).toMatchObject({ status: 'running' });
});

if (isTorture)
  test('but not after it gave no sign of life for a minute more than a turn may be silent', async () => {
    const place = new Place();
    const id = await place.newSession();
    await losePower(place, id, 'hang', '--stall-timeout', '5s');
    await forgeOwners(place, id, ELSEWHERE);
    expect(await place.must('send', id, 'say next', '--wait', '3m')).toBe('next\n');
    expect((await place.history(id))[1]).toMatchObject({ status: 'interrupted', content: 'one two' });
  }, 200_000);

test('a log that ends in the middle of a line is read as far as it goes', async () => {
  const place = new Place();
  const id = await place.newSession();
  await losePower(place, id, 'hang');
  const log = path.join(place.home, 'run', id, '1.ndjson');
  const text = readFileSync(log, 'utf8');
  writeFileSync(log, text.slice(0, text.lastIndexOf('two') + 1));
  await place.must('send', id, 'say next');
  expect((await place.history(id))[1]).toMatchObject({ status: 'interrupted', content: 'one ' });
});

test('a log or a trace that is lost is an answer that is lost, and no more', async () => {
  const place = new Place();
  for (const suffix of ['.ndjson', '.agent']) {
    const id = await place.newSession();
    await losePower(place, id, 'hang');
    const [file] = place.runFiles().filter((name) => name.endsWith(suffix));
    renameSync(path.join(place.home, 'run', file!), path.join(place.root, `lost${suffix}`));
    expect(await place.must('send', id, 'say next')).toBe('next\n');
    expect((await place.history(id))[0]).toMatchObject({ status: 'interrupted' });
    expect(existsSync(path.join(place.home, 'run', id))).toBe(false);
  }
  await place.expectNothingLeft();
});
