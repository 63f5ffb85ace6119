import { existsSync, mkdirSync, symlinkSync, utimesSync } from 'node:fs';
import { expect, it } from 'vitest';
import { removeRunDirectory } from '../../../src/sessions/retention/run-directories.ts';
import { selfOwner } from '../../../src/system/owner.ts';
import { isAbandoned } from '../../../src/turns/leftovers.ts';
import { deadOwner, ELSEWHERE, makeHome, NOW, startSleeper } from '../../support/settling.ts';
import { turnEnd } from '../../support/store-model.ts';

const HOUR_MS = 3_600_000;

it('a turn is abandoned when it has ended and who ended it is gone', async () => {
  const { addTurn } = await makeHome();
  const turn = { ...(await addTurn('me')), endedAt: NOW };
  const dead = await deadOwner();
  expect(isAbandoned({ ...turn, owner: dead })).toBe(true);
  expect(isAbandoned({ ...turn, owner: null })).toBe(true);
  expect(isAbandoned({ ...turn, owner: dead, endedAt: null })).toBe(false);
  expect(isAbandoned({ ...turn, owner: null, endedAt: null })).toBe(false);
  expect(isAbandoned({ ...turn, owner: selfOwner(), endedAt: 1 })).toBe(false);
  expect(isAbandoned({ ...turn, owner: ELSEWHERE, endedAt: NOW - HOUR_MS })).toBe(false);
  expect(isAbandoned({ ...turn, owner: ELSEWHERE, endedAt: NOW - HOUR_MS - 1 })).toBe(true);
});

/** The files of a session in which one turn has ended, last changed a moment ago. */
async function makeEnded(turnOwner: string) {
  const home = await makeHome();
  const turn = await home.addTurn(turnOwner);
  await home.store.turns.finish(turn.id, turnOwner, turnEnd({ endedAt: NOW }));
  const directory = home.paths.sessionRun(home.session.id);
  return { ...home, turn, directory, remove: () => removeRunDirectory(home.services, home.session.id) };
}

function touch(path: string, ageMs: number): void {
  utimesSync(path, (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);
}

it('files of a session go when all that left them is gone', async () => {
  const dead = await deadOwner();
  const { turn, directory, writeTrace, remove } = await makeEnded(dead);
  writeTrace(turn, { owner: dead });
  expect(await remove()).toBe(true);
  expect(existsSync(directory)).toBe(false);
});

it('files of a session stay as long as its agent or who ended its turn lives', async () => {
  const agent = startSleeper();
  const { turn, directory, writeTrace, remove } = await makeEnded(await deadOwner());
  writeTrace(turn, { owner: agent.owner });
  expect(await remove()).toBe(false);
  await agent.end();
  expect(await remove()).toBe(true);
  expect(existsSync(directory)).toBe(false);

  const other = await makeEnded(selfOwner());
  other.writeTrace(other.turn, { owner: await deadOwner() });
  expect(await other.remove()).toBe(false);
});

it.each(['an agent', 'a warm host'])('%s of another host keeps the files for a day', async (what) => {
  const { paths, session, turn, directory, writeTrace, remove } = await makeEnded(await deadOwner());
  if (what === 'an agent') writeTrace(turn, { owner: ELSEWHERE });
  else {
    mkdirSync(directory, { recursive: true });
    symlinkSync(ELSEWHERE, paths.warmLock(session.id));
  }
  touch(directory, 24 * HOUR_MS);
  expect(await remove()).toBe(false);
  touch(directory, 24 * HOUR_MS + 1);
  expect(await remove()).toBe(true);
});
