import { symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checkLeftovers } from '../../../src/sessions/doctor/leftovers.ts';
import { checkStore } from '../../../src/sessions/doctor/store.ts';
import type { Place } from '../../../src/sessions/doctor/context.ts';
import { readLiveStates } from '../../../src/sessions/live.ts';
import { selfOwner } from '../../../src/system/owner.ts';
import type { Check } from '../../../src/sessions/doctor/check.ts';
import type { Paths } from '../../../src/settings/paths.ts';
import { deadOwner, ELSEWHERE, makeHome } from '../../support/settling.ts';

it.each([
  ['of another host is not known to live', async () => ELSEWHERE, false],
  ['of this host lives', async () => selfOwner(), true],
  ['that has ended does not live', deadOwner, false],
])('an agent %s', async (_what, findOwner, expected) => {
  const { services, session, addTurn, writeTrace } = await makeHome();
  writeTrace(await addTurn('me'), { owner: await findOwner() });
  const states = await readLiveStates(services, [session]);
  expect(states.get(session.id)).toMatchObject({ state: 'running', isAlive: expected });
});

it('doctor counts no turn of another host as one that nobody ends', async () => {
  const { paths, addTurn } = await makeHome();
  await addTurn(ELSEWHERE);
  const found = await find(checkLeftovers(placeOf(paths)), 'turns');
  expect(found).toMatchObject({ status: 'ok', detail: '1 running or waiting' });
  await addTurn(await deadOwner());
  expect(await find(checkLeftovers(placeOf(paths)), 'turns')).toMatchObject({ status: 'warn' });
});

it('doctor does not say of a lock of another host that the next command takes it', async () => {
  const { paths, store } = await makeHome();
  await store.close();
  symlinkSync(ELSEWHERE, `${paths.store}.lock`);
  const found = await find(checkStore(placeOf(paths)), 'lock');
  expect(found?.detail).toMatch(/^held by process 7 on elsewhere/);
});

function placeOf(paths: Paths): Place {
  return { paths, env: {}, root: paths.home, self: ['', ''] };
}

async function find(checks: AsyncIterable<Check>, name: string): Promise<Check | undefined> {
  let found: Check | undefined;
  for await (const check of checks) if (check.name === name) found = check;
  return found;
}
