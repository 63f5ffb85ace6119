import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { chooseSteps, killAt, listSteps } from '../support/kill-points.ts';
import { parseLines, Place } from '../support/run.ts';
import { ask, callOf, chain, result, say, toText } from '../support/transcripts.ts';

const SESSIONS = ['aaaaaaaa', 'bbbbbbbb', 'cccccccc'];

/** A transcript with some turns in each of three sessions. */
function writeTranscript(place: Place, turns: number): string {
  const lines = SESSIONS.flatMap((id) => {
    const session = Array.from({ length: turns }, (_, n) => {
      const name = `${id} ${n}`;
      return [
        ask(`q ${name}`, 4 * n, `question ${n}`),
        say(`c ${name}`, 4 * n + 1, [callOf(`t ${name}`)]),
        result(`r ${name}`, 4 * n + 2, `t ${name}`, 'x'.repeat(2000)),
        say(`a ${name}`, 4 * n + 3, `answer ${n} ${'y'.repeat(500)}`),
      ];
    });
    return chain(...session.flat()).map((line) => ({
      ...line,
      sessionId: `${id}-0000-4000-8000-000000000000`,
    }));
  });
  const file = path.join(place.root, 'transcript.jsonl');
  writeFileSync(file, toText(lines));
  return file;
}

/** How many turns and messages each session that is there has, by its own sums and by what can be read. */
async function count(place: Place): Promise<Record<string, number[]>> {
  const listed = JSON.parse(await place.must('list', '--json')) as { id: string; message_count: number }[];
  const counts = Object.fromEntries(
    listed
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, message_count: messages }) => [id, [messages, 0, 0]]),
  );
  let session = '';
  for (const record of parseLines(await place.must('export', '--all'))) {
    if (record['type'] === 'session') session = record['id'];
    if (record['type'] === 'turn') counts[session]![1]!++;
    if (record['type'] === 'message') counts[session]![2]!++;
  }
  return counts;
}

const whole = (turns: number): Record<string, number[]> =>
  Object.fromEntries(SESSIONS.map((id) => [id, [2 * turns, turns, 2 * turns]]));

test('however many import the same file at once, each turn is there once', { timeout: 120_000 }, async () => {
  const place = new Place();
  const file = writeTranscript(place, 134);
  const runs = await Promise.all([1, 2, 3].map(() => place.run(['import', file, '--json'])));
  expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
  const reports = runs.map(({ stdout }) => (JSON.parse(stdout) as { sessions: number; turns: number }[])[0]!);
  const sum = (field: 'sessions' | 'turns'): number => reports.reduce((all, each) => all + each[field], 0);
  expect([sum('sessions'), sum('turns')]).toEqual([3, 402]);
  expect(await count(place)).toEqual(whole(134));
  const exported = path.join(place.root, 'export.jsonl');
  await place.must('export', '--all', '--file', exported);
  const second = new Place();
  await Promise.all([1, 2, 3].map(() => second.must('import', exported)));
  expect(await count(second)).toEqual(whole(134));
});

test(
  'an import that is killed leaves each session whole or not there, and can be done again',
  { timeout: 300_000 },
  async () => {
    const first = new Place();
    const file = writeTranscript(first, 60);
    await first.must('list');
    const steps = await listSteps(first, ['import', file]);
    const found: string[] = [];
    const check = async (place: Place, what: string): Promise<void> => {
      const half = await count(place);
      for (const [id, counts] of Object.entries(half))
        if (counts.join() !== '120,60,120') found.push(`${what}: session ${id} has ${counts.join()}`);
      await place.must('import', file);
      if (JSON.stringify(await count(place)) !== JSON.stringify(whole(60)))
        found.push(`${what}: the next import made ${JSON.stringify(await count(place))}`);
    };
    for (const step of chooseSteps(steps, Math.max(1, Math.floor(steps.length / 6)))) {
      const place = new Place();
      await place.run(['import', file], killAt(step));
      await check(place, `killed in front of step ${step} (${steps[step - 1]})`);
    }
    for (const afterMs of [300, 450]) {
      const place = new Place();
      const running = place.start(['import', file]);
      await sleep(afterMs);
      running.kill('SIGKILL');
      await running.ended;
      await check(place, `killed after ${afterMs} ms`);
    }
    expect(found).toEqual([]);
  },
);
