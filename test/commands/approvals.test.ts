import { describe, expect, test } from 'vitest';
import { renderApprovals, shortenId } from '../../src/output/approvals.ts';
import type { ApprovalRecord } from '../../src/model/records.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';
import { Place, until } from '../support/run.ts';

const show = async (place: Workplace, id: string) =>
  JSON.parse((await place.run(['show', id, '--json'])).stdout) as Record<string, unknown>;

describe('--ask', () => {
  test('is kept with a session by new and set, and told by show', async () => {
    const place = makeWorkplace();
    const id = (await place.run(['new', '--ask'])).stdout.trim();
    expect(await show(place, id)).toMatchObject({ ask: true, allowed_tools: [] });
    expect((await place.run(['show', id])).stdout).toMatch(/^mode: +user \(asks\)$/m);
    await place.run(['set', id, '--no-ask']);
    expect(await show(place, id)).toMatchObject({ ask: false });
    await place.run(['set', id, '--ask']);
    expect((await place.run(['set', id])).stdout).toMatch(/^ask: +yes$/m);
  });

  test('is refused in power mode, by new, set and send', async () => {
    const place = makeWorkplace();
    const id = (await place.run(['new', '--mode', 'power'])).stdout.trim();
    for (const words of [
      ['new', '--mode', 'power', '--ask'],
      ['set', id, '--ask'],
      ['send', id, 'say hello', '--ask'],
    ]) {
      const { status, stderr } = await place.run(words);
      expect(status, words.join(' ')).toBe(2);
      expect(stderr).toContain('power mode');
    }
    expect(await show(place, id)).toMatchObject({ ask: false, turn_count: 0 });
  });

  test('waits for nothing in a session that was switched to power mode', async () => {
    const place = makeWorkplace();
    const id = (await place.run(['new', '--ask'])).stdout.trim();
    await place.run(['mode', id, 'power']);
    const { stdout } = await place.run(['send', id, 'x', '--dry-run', '--json']);
    expect(stdout).not.toContain('--permission-prompt-tool');
    expect((await place.run(['send', id, 'x', '--dry-run', '--no-ask'])).status).toBe(0);
    await place.run(['mode', id, 'user']);
    const asking = await place.run(['send', id, 'x', '--dry-run', '--json']);
    expect(asking.stdout).toContain('"--permission-prompt-tool","stdio"');
    expect(asking.stdout).toContain('waits until the user approves or denies it');
  });
});

describe('without anything that waits', () => {
  test('approvals are none, in every form', async () => {
    const place = makeWorkplace();
    expect(await place.run(['approvals'])).toMatchObject({ status: 0, stdout: '' });
    expect((await place.run(['approvals', '--json'])).stdout).toBe('[]\n');
    expect((await place.run(['approvals', '--ndjson'])).stdout).toBe('');
    expect((await place.run(['approvals', 'nobody'])).status).toBe(4);
  });

  test.each([
    ['approve', 'abcdef'],
    ['deny', 'abcdef'],
    ['approve', 'ab'],
    ['approve', '%'],
  ])('%s %j is a mistake', async (verb, id) => {
    const { status, stderr } = await makeWorkplace().run([verb, id]);
    expect(status).toBe(2);
    expect(stderr).toContain('session approvals');
  });
});

test('an id whose beginning is shared, a rule that there is not, and a second answer are refused', async () => {
  const place = new Place();
  const id = await place.newSession('--ask');
  const sending = place.start(['send', id, 'bash touch *.x\nsay done', '--ndjson']);
  await sending.says('waiting_for_approval');
  const store = await openStore(`${place.home}/sessions.sqlite`, { access: 'write' });
  const [asked] = await store.approvals.open();
  expect(asked).toMatchObject({ rule: null, input: { command: 'touch *.x' } });
  const twin = `${asked!.id.slice(0, 8)}ffff`;
  const { answer: _answer, message: _message, always: _always, ...question } = asked!;
  const { owner } = (await store.turns.find(question.turnId))!;
  await store.approvals.ask({ ...question, owner: owner!, id: twin });
  await store.close();
  const ambiguous = await place.run(['approve', asked!.id.slice(0, 8)]);
  expect(ambiguous.code).toBe(2);
  expect(ambiguous.stderr).toContain(twin);
  expect((await place.run(['approve', asked!.id, '--always'])).code).toBe(2);
  await place.must('deny', twin);
  expect((await place.run(['approve', twin])).stderr).toContain('answered already (deny)');
  await place.must('approve', asked!.id);
  expect((await sending.ended).code).toBe(0);
});

test('secrets are masked where redaction is on', async () => {
  const place = new Place();
  place.env['CLAUDE_SESSION_REDACT'] = '1';
  const id = await place.newSession('--ask');
  const secret = `sk-ant-api03-${'a1B2'.repeat(20)}`;
  await place.must('send', id, `bash touch ${secret}`, '--detach');
  await until(async () => (await place.must('approvals')).includes('touch'));
  const shown = await place.must('approvals');
  expect(shown).toContain('touch [redacted]');
  expect(shown).not.toContain('--always');
  expect(await place.must('approvals', '--json')).not.toContain(secret);
  await place.must('cancel', id);
});

describe('in text', () => {
  const record = (more: Partial<ApprovalRecord> = {}): ApprovalRecord => ({
    id: '1f9a3c000000',
    session_id: '1a2b3c4d',
    turn_id: 7,
    tool_use_id: 'toolu_1',
    tool: 'Bash',
    input: { command: 'touch a', timeout: 5 },
    rule: 'Bash(touch a)',
    asked_at: '2026-11-26T10:00:00.000Z',
    expires_at: '2026-11-26T10:10:00.000Z',
    answer: null,
    message: null,
    always: false,
    ...more,
  });
  const now = Date.parse('2026-11-26T10:03:00.000Z');

  test('all of the input is shown', () => {
    expect(renderApprovals([record()], now))
      .toBe(`1f9a3c  Bash  (turn 7 of session 1a2b3c4d, asked 3m ago, denied in 7m)
  command: touch a
  timeout: 5
  --always allows Bash(touch a)
`);
  });

  test('nothing in it commands a terminal, turns the text or passes for another line of ours', () => {
    const command = 'ls \u001b[2K\u001b[1A\u202e x\nffffff  Read  (turn 1)\r\u0007';
    const text = renderApprovals(
      [record({ tool: 'mcp__x\u001b[31m', input: { 'a\u001b\nb': command }, rule: `Bash(${command})` })],
      now,
    );
    // oxlint-disable-next-line no-control-regex -- That is what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('  '))).toHaveLength(1);
  });

  test('a long value is cut, and says so', () => {
    const text = renderApprovals([record({ input: { content: 'x'.repeat(5000) } })], now);
    expect(text).toContain('1000 more characters');
    expect(text.length).toBeLessThan(4500);
  });

  test('ids are as long as it takes to tell them apart', () => {
    expect(shortenId('aaaaaa111111', ['aaaaaa111111', 'bbbbbb'])).toBe('aaaaaa');
    expect(shortenId('aaaaaa111111', ['aaaaaa111111', 'aaaaaa112222'])).toBe('aaaaaa1111'.slice(0, 9));
  });
});
