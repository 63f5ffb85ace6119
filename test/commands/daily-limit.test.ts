import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseLines, Place } from '../support/run.ts';

/** A home whose turns may cost so much a day. */
function makePlace(usd: number): Place {
  const place = new Place();
  place.env['CLAUDE_SESSION_MAX_DAILY_USD'] = String(usd);
  return place;
}

/** A script that costs so much. */
const costing = (usd: number): string => `usage 10 10 ${usd}\nsay paid`;

test('what is left of a day is what a turn may spend; then turns are refused, and not stored', async () => {
  const place = makePlace(1);
  const [a, b] = [await place.newSession(), await place.newSession()];
  await place.must('send', a, costing(0.4));
  await place.must('send', b, costing(0.4));
  const last = await place.run(['send', a, `${costing(0.3)}\nbash true`, '--ndjson']);
  expect(last.code).toBe(7);
  expect(parseLines(last.stdout).at(-2)).toMatchObject({ type: 'error', code: 'BUDGET_EXCEEDED' });
  const refused = await place.run(['send', b, 'say more', '--ndjson']);
  expect(refused.code).toBe(7);
  expect(parseLines(refused.stdout)).toEqual([
    expect.objectContaining({
      type: 'error',
      code: 'BUDGET_EXCEEDED',
      exit_status: 7,
      message: "The turns of today have spent $1.10 of the day's limit of $1.00 (maxDailyUsd).",
      hint: expect.stringMatching(/^The next day begins at \d{4}-\d\d-\d\dT00:00:00.000Z\./),
    }),
  ]);
  expect(await place.show(b)).toMatchObject({ turn_count: 1 });
  // What is deleted was spent all the same.
  await place.must('rm', '--force', '--purge', a);
  expect((await place.run(['send', b, 'say more'])).code).toBe(7);
  expect((await place.run(['stats'])).stderr).toMatch(/today \(UTC\) \$1\.10 of \$1\.00 is spent/);
});

test('turns that run at once stay below the limit together', async () => {
  const place = makePlace(0.55);
  const ids = await Promise.all(Array.from({ length: 10 }, () => place.newSession()));
  const ends = await Promise.all(
    ids.map((id) => place.run(['send', id, costing(0.1), '--max-budget-usd', '0.2', '--json'])),
  );
  expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([0, 7]));
  expect(ends.filter(({ code }) => code === 0)).toHaveLength(5);
  const days = JSON.parse((await place.run(['stats', '--json'])).stdout);
  const spent = days.reduce((usd: number, day: { cost_usd: number }) => usd + day.cost_usd, 0);
  // An agent notices that its budget is spent after the call that spends it.
  expect(spent).toBeLessThanOrEqual(0.55 + 0.1);
  await place.expectNothingLeft();
});

test('turns without a budget come one after the other', async () => {
  const place = makePlace(5);
  const ids = await Promise.all(Array.from({ length: 3 }, () => place.newSession()));
  const ends = await Promise.all(ids.map((id) => place.run(['send', id, costing(0.1)])));
  expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(ids.map(() => [0, 'paid\n']));
});

describe('while another turn has all that is left', () => {
  async function makeHeld(): Promise<{ place: Place; holder: ReturnType<Place['start']>; id: string }> {
    const place = makePlace(1);
    const [held, id] = [await place.newSession(), await place.newSession()];
    const holder = place.start(['send', held, 'say begun\nsleep 60s']);
    await holder.says('begun');
    return { place, holder, id };
  }

  test('a turn that may not wait is refused', async () => {
    const { place, holder, id } = await makeHeld();
    const refused = await place.run(['send', id, 'say more', '--no-wait']);
    expect(refused).toMatchObject({ code: 7, stderr: expect.stringContaining('have reserved $1.00') });
    expect(await place.show(id)).toMatchObject({ turn_count: 0 });
    holder.kill('SIGTERM');
    await holder.ended;
  });

  test('a signal ends the wait, and nothing is stored', async () => {
    const { place, holder, id } = await makeHeld();
    const waiting = place.start(['send', id, 'say more']);
    await expect.poll(() => waiting.stderr, { timeout: 20_000 }).toContain('waiting for other turns');
    waiting.kill('SIGINT');
    expect(await waiting.ended).toMatchObject({ code: 130 });
    expect(await place.show(id)).toMatchObject({ turn_count: 0 });
    holder.kill('SIGTERM');
    await holder.ended;
  });

  test('the death of that turn and its agent frees it', async () => {
    const place = makePlace(1);
    const [held, id] = [await place.newSession(), await place.newSession()];
    const holder = place.start(['send', held, 'say begun\nsleep 2s']);
    await holder.says('begun');
    holder.kill('SIGKILL');
    expect(await place.run(['send', id, 'say more'])).toMatchObject({ code: 0, stdout: 'more\n' });
  });
});

test('a project can only lower it', async () => {
  const place = makePlace(1);
  const id = await place.newSession();
  writeFileSync(path.join(place.root, '.session.json'), JSON.stringify({ maxDailyUsd: 50 }));
  await place.must('send', id, costing(1));
  expect((await place.run(['send', id, 'say more'])).code).toBe(7);
});
