import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { kill } from '../support/processes.ts';
import { Place, until } from '../support/run.ts';
import type { Content, Running } from '../support/run.ts';
import { pidOf } from '../support/warm.ts';

const TOUCH = 'bash touch a\nsay done';

async function listOpen(place: Place, ...argv: string[]): Promise<Content[]> {
  return JSON.parse(await place.must('approvals', ...argv, '--json')) as Content[];
}

/** A send whose turn waits for an answer, and what it waits for. */
async function park(
  place: Place,
  id: string,
  script: string,
  ...flags: string[]
): Promise<[Running, Content]> {
  const sending = place.start(['send', id, script, '--ndjson', ...flags]);
  await sending.says('waiting_for_approval');
  const [approval, ...others] = await listOpen(place, id);
  expect(others).toEqual([]);
  return [sending, approval!];
}

const hasTouched = (place: Place, name = 'a'): boolean => existsSync(path.join(place.root, name));

describe('a send whose tool call nothing allows', () => {
  test('waits, and goes on when another process approves', async () => {
    const place = new Place();
    const id = await place.newSession('--ask');
    const [sending, approval] = await park(place, id, TOUCH);
    expect(approval).toMatchObject({
      session_id: id,
      turn_id: 1,
      tool: 'Bash',
      input: { command: 'touch a' },
      rule: 'Bash(touch a)',
      answer: null,
    });
    expect(Date.parse(approval['expires_at'] as string) - Date.parse(approval['asked_at'] as string)).toBe(
      600_000,
    );
    expect(hasTouched(place)).toBe(false);
    const answered = JSON.parse(await place.must('approve', approval['id'].slice(0, 6), '--json')) as Content;
    expect(answered).toMatchObject({ id: approval['id'], answer: 'allow', always: false });
    const { code } = await sending.ended;
    expect(code).toBe(0);
    expect(hasTouched(place)).toBe(true);
    const statuses = sending.records.filter(({ type, status }) => type === 'status' && /appro/.test(status));
    const question = { approval: approval['id'], tool: 'Bash', tool_use_id: approval['tool_use_id'] };
    expect(statuses).toMatchObject([
      { status: 'waiting_for_approval', ...question, input: { command: 'touch a' } },
      { status: 'approval_answered', approval: approval['id'], answer: 'allow' },
    ]);
    expect(sending.records.at(-1)).toMatchObject({ status: 'completed', permission_denials: [] });
    expect(await listOpen(place)).toEqual([]);
    expect((await place.run(['approve', approval['id']])).code).toBe(2);
    await place.expectNothingLeft();
  });

  test('is told of a denial, which counts as one', async () => {
    const place = new Place();
    const id = await place.newSession('--ask');
    const [sending, approval] = await park(place, id, TOUCH, '--fail-on-denied');
    await place.must('deny', approval['id'], '--message', 'Use b.');
    expect((await sending.ended).code).toBe(5);
    expect(sending.records.at(-1)).toMatchObject({
      status: 'completed',
      permission_denials: [{ tool_name: 'Bash' }],
      tool_calls: [{ denied: true, result: 'The user denied this call: Use b.' }],
    });
    expect(hasTouched(place)).toBe(false);
  });

  test('is denied when nobody answers in time, however short the stall timeout is', async () => {
    const place = new Place();
    const id = await place.newSession();
    const flags = ['--ask', '--ask-timeout', '4s', '--stall-timeout', '2s'];
    const { code, stdout } = await place.run(['send', id, TOUCH, '--ndjson', ...flags]);
    expect(code).toBe(0);
    expect(stdout).toContain('"answer":"timeout"');
    expect(stdout).toContain('Nobody approved this call in time.');
    expect(hasTouched(place)).toBe(false);
  });

  test('ends at its --timeout while it waits', async () => {
    const place = new Place();
    const id = await place.newSession('--ask');
    const [sending] = await park(place, id, TOUCH, '--timeout', '12s');
    expect((await sending.ended).code).toBe(3);
    expect(await listOpen(place)).toEqual([]);
    await place.expectNothingLeft();
  });

  test.each(['SIGINT', 'cancel'] as const)('ends at %s while it waits', async (how) => {
    const place = new Place();
    const id = await place.newSession('--ask');
    const [sending, approval] = await park(place, id, TOUCH);
    if (how === 'SIGINT') sending.kill('SIGINT');
    else await place.must('cancel', id);
    expect((await sending.ended).code).toBe(130);
    expect((await place.run(['approve', approval['id']])).code).toBe(2);
    expect(hasTouched(place)).toBe(false);
    await place.expectNothingLeft();
  });

  test('that is killed ends as interrupted, and its question is withdrawn', async () => {
    const place = new Place();
    const id = await place.newSession('--ask');
    const [sending, approval] = await park(place, id, `say before\n${TOUCH}`);
    sending.kill('SIGKILL');
    await sending.ended;
    const { code, stderr } = await place.run(['approve', approval['id']]);
    expect(code).toBe(2);
    expect(stderr).toContain('No tool call waits');
    expect((await place.history(id))[1]).toMatchObject({ status: 'interrupted', content: 'before' });
    expect(hasTouched(place)).toBe(false);
    await place.expectNothingLeft();
  });

  test('that is killed is not taken for completed by who waits for it', async () => {
    const place = new Place();
    const id = await place.newSession('--ask');
    const [sending] = await park(place, id, `${TOUCH}\nsleep 3s`);
    const waiting = place.start(['wait', id, '--json']);
    await sleep(1500);
    sending.kill('SIGKILL');
    expect((await waiting.ended).code).toBe(130);
    expect(JSON.parse(waiting.stdout)).toMatchObject({ status: 'interrupted' });
    await place.expectNothingLeft();
  });
});

test('three sessions that wait are each answered by their own id', async () => {
  const place = new Place();
  const parked = await Promise.all(
    ['x', 'y', 'z'].map(async (name) => {
      const id = await place.newSession('--ask');
      return { name, asked: await park(place, id, `bash touch ${name}`) };
    }),
  );
  const open = await listOpen(place);
  expect(open).toHaveLength(3);
  for (const { name, asked } of parked.toReversed())
    await place.must(name === 'y' ? 'deny' : 'approve', asked[1]['id']);
  for (const { asked } of parked) expect((await asked[0].ended).code).toBe(0);
  expect(['x', 'y', 'z'].filter((name) => hasTouched(place, name))).toEqual(['x', 'z']);
});

test('always: the session may run just that command from then on, also in the same turn', async () => {
  const place = new Place();
  const id = await place.newSession('--ask');
  const [sending, approval] = await park(place, id, "bash touch '(a)'\nbash touch '(a)'\nsay done");
  const { stderr } = await place.run(['approve', approval['id'], '--always']);
  const { changes } = await place.show(id);
  expect(changes).toMatchObject([{ what: 'allowed_tools', from: [], to: [approval['rule']] }]);
  expect(stderr).toContain(String.raw`Bash(touch '\(a\)')`);
  await sending.ended;
  expect(await place.show(id)).toMatchObject({ ask: true, allowed_tools: [String.raw`Bash(touch '\(a\)')`] });
  expect(await place.must('send', id, "bash touch '(a)'\nsay again", '--no-ask')).toBe('again\n');
  const { stdout } = await place.run(['send', id, "bash touch '(a)' b", '--no-ask', '--ndjson']);
  expect(stdout).toContain('"denied":true');
  await place.must('set', id, '--clear', 'allowed-tools', '--no-ask');
  expect(await place.show(id)).toMatchObject({ ask: false, allowed_tools: [] });
});

test('a warm agent asks, and after always it is allowed', async () => {
  const place = new Place();
  const id = await place.newSession('--ask', '--warm');
  const [sending, approval] = await park(place, id, TOUCH);
  expect(pidOf(place, 'warm-host')).toBeGreaterThan(0);
  await place.must('approve', approval['id'], '--always');
  expect((await sending.ended).code).toBe(0);
  expect(await place.must('send', id, TOUCH)).toBe('done\n');
  await place.must('stop', id);
  await place.expectNothingLeft();
});

test('the host of a warm agent that is killed leaves no question', async () => {
  const place = new Place();
  const id = await place.newSession('--ask', '--warm');
  const [sending] = await park(place, id, TOUCH);
  kill(pidOf(place, 'warm-host'), 'SIGKILL');
  expect((await sending.ended).code).toBe(130);
  expect(await listOpen(place)).toEqual([]);
  await place.must('stop', id);
  await place.expectNothingLeft();
});

test('a detached turn waits too, and wait sees its end', async () => {
  const place = new Place();
  const id = await place.newSession('--ask');
  await place.must('send', id, TOUCH, '--detach');
  await until(async () => (await listOpen(place, id)).length === 1);
  const waiting = place.start(['wait', id]);
  const watching = place.start(['watch', id, '--ndjson']);
  await watching.says('waiting_for_approval');
  const [question] = watching.records.filter(({ status }) => status === 'waiting_for_approval');
  await place.must('approve', question!['approval']);
  expect((await waiting.ended).code).toBe(0);
  expect((await watching.ended).code).toBe(0);
  expect(watching.records.filter(({ status }) => status === 'approval_answered')).toMatchObject([
    { approval: question!['approval'], answer: 'allow' },
  ]);
  expect(hasTouched(place)).toBe(true);
  await place.expectNothingLeft();
});
