import { expect, it } from 'vitest';
import { Place } from '../support/run.ts';

type Line = Record<string, unknown>;

async function ask(place: Place, session: string, script: string): Promise<Line[]> {
  const out = await place.must('send', session, script, '--ndjson');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const textOf = (lines: Line[]): unknown => lines.at(-1)!['text'];
const continuityOf = (lines: Line[]): unknown => lines[0]!['continuity'];

it('goes on from where the other one is, and leaves it alone', async () => {
  const place = new Place();
  const origin = await place.newSession('--name', 'one', '--tag', 'team=a');
  await ask(place, origin, 'say first');
  await ask(place, origin, 'bash echo hi');
  const fork = (await place.must('fork', 'one', '--name', 'two')).trim();
  const { agent_session_id: originAgent } = await place.show(origin);
  const history = (await place.history(fork)).map(({ content, tool_calls }) => [content, tool_calls.length]);
  expect(history).toEqual(
    (await place.history(origin)).map(({ content, tool_calls }) => [content, tool_calls.length]),
  );
  expect(await place.show(fork)).toMatchObject({
    name: 'two',
    tags: { team: 'a' },
    message_count: 4,
    turn_count: 2,
    cost_usd: 0,
    agent_session_id: null,
    state: 'idle',
  });
  const first = await ask(place, fork, 'recall');
  expect([continuityOf(first), textOf(first)]).toEqual(['resume', 'say first\nbash echo hi']);
  expect((await place.show(fork))['agent_session_id']).not.toBe(originAgent);
  expect(textOf(await ask(place, origin, 'recall'))).toBe('say first\nbash echo hi');
  const second = await ask(place, fork, 'recall');
  expect([continuityOf(second), textOf(second)]).toEqual(['resume', 'say first\nbash echo hi\nrecall']);
  await place.expectNothingLeft();
});

it('is told its history where the agent knows another one', async () => {
  const place = new Place();
  const origin = await place.newSession();
  await ask(place, origin, 'say first');
  await ask(place, origin, 'say second');
  const [, answer, question] = await place.history(origin);
  const early = (await place.must('fork', origin, '--at', String(answer!['id']))).trim();
  const asked = (await place.must('fork', origin, '--at', String(question!['id']))).trim();
  const late = (await place.must('fork', origin)).trim();
  await ask(place, origin, 'say third');

  expect((await place.history(early)).map(({ content }) => content)).toEqual(['say first', 'first']);
  expect((await place.history(asked)).map(({ content, status }) => [content, status])).toEqual([
    ['say first', 'completed'],
    ['first', 'completed'],
    ['say second', 'interrupted'],
  ]);
  for (const fork of [early, asked, late]) {
    const lines = await ask(place, fork, 'context');
    expect(continuityOf(lines)).toBe('replay');
    expect(textOf(lines)).toContain('say first');
    expect(textOf(lines)).not.toContain('say third');
  }
});

it('is refused where it can not be', async () => {
  const place = new Place();
  const origin = await place.newSession('--name', 'one');
  const other = await place.newSession();
  await ask(place, other, 'say hi');
  const [message] = await place.history(other);
  for (const [words, status] of [
    [['fork', 'nope'], 4],
    [['fork', origin, '--at', '99'], 2],
    [['fork', origin, '--at', String(message!['id'])], 2],
    [['fork', origin, '--at', 'x'], 2],
    [['fork', other, '--name', 'one'], 2],
    [['fork', origin, '--name', '@x'], 2],
  ] as const)
    expect((await place.run([...words])).code, words.join(' ')).toBe(status);
  expect(JSON.parse(await place.must('list', '--json'))).toHaveLength(2);
  expect(JSON.parse(await place.must('list', '--trash', '--json'))).toHaveLength(0);
});

it('of a session without turns is a new session', async () => {
  const place = new Place();
  const origin = await place.newSession('--study', 'bracket').catch(() => place.newSession());
  const fork = JSON.parse(await place.must('fork', origin, '--json')) as Line;
  expect(fork).toMatchObject({ message_count: 0, turn_count: 0 });
  expect(continuityOf(await ask(place, fork['id'] as string, 'say hi'))).toBe('new');
});
