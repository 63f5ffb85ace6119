import { beforeEach, expect, test } from 'vitest';
import type { NewApproval } from '../../src/store/approval-store.ts';
import type { Store } from '../../src/store/store.ts';
import { newSession, newTurn, turnEnd } from '../support/store-model.ts';
import { makeSubject } from './subject.ts';

const ID = '0000aaaa';
const ALLOW = { answer: 'allow', message: null, always: false } as const;
let store: Store;
let turnId: number;
beforeEach(async () => {
  store = await (await makeSubject()).open();
  await store.sessions.insert(newSession({ id: ID, ask: true }));
  turnId = (await store.turns.enqueue(newTurn(ID))).turn.id;
  return () => store.close();
});

const question = (id: string, more: Partial<NewApproval> = {}): NewApproval => ({
  id,
  sessionId: ID,
  turnId,
  owner: 'me',
  toolUseId: 'toolu_1',
  tool: 'Bash',
  input: { command: 'touch a' },
  rule: 'Bash(touch a)',
  askedAt: 5_000,
  expiresAt: 9_000,
  ...more,
});
const openIds = async (sessionId?: string) => (await store.approvals.open(sessionId)).map(({ id }) => id);

test('what is asked is open until it is answered, once', async () => {
  expect(await store.approvals.ask(question('aaaaaa'))).toBe(true);
  const { owner: _, ...rest } = question('aaaaaa');
  const asked = { ...rest, answer: null, message: null, always: false };
  expect(await store.approvals.open(ID)).toEqual([asked]);
  expect(await store.approvals.open()).toEqual([asked]);
  const answer = { answer: 'deny', message: 'No.', always: false } as const;
  expect(await store.approvals.answer('aaaaaa', answer)).toBe(true);
  expect(await store.approvals.answer('aaaaaa', ALLOW)).toBe(false);
  expect(await store.approvals.answer('bbbbbb', ALLOW)).toBe(false);
  expect(await openIds()).toEqual([]);
  expect(await store.approvals.ofTurn(turnId)).toEqual([{ ...asked, ...answer }]);
});

test('open ones come oldest first, by session, and are found by how their ids begin', async () => {
  await store.sessions.insert(newSession({ id: '0000bbbb' }));
  const other = (await store.turns.enqueue(newTurn('0000bbbb'))).turn.id;
  await store.approvals.ask(question('abcd02', { askedAt: 7_000 }));
  await store.approvals.ask(question('abcd01', { askedAt: 6_000 }));
  await store.approvals.ask(question('abce03', { sessionId: '0000bbbb', turnId: other }));
  expect(await openIds()).toEqual(['abce03', 'abcd01', 'abcd02']);
  expect(await openIds(ID)).toEqual(['abcd01', 'abcd02']);
  const found = async (prefix: string) => (await store.approvals.findByPrefix(prefix)).map(({ id }) => id);
  expect(await found('abcd')).toEqual(['abcd01', 'abcd02']);
  expect(await found('abcd02')).toEqual(['abcd02']);
  expect(await found('%')).toEqual([]);
});

test('always adds the rule to the session, once', async () => {
  const always = { ...ALLOW, always: true };
  const rules = async () => (await store.sessions.find(ID))!.allowedTools;
  await store.approvals.ask(question('aaaaaa'));
  await store.approvals.answer('aaaaaa', ALLOW);
  expect(await rules()).toEqual([]);
  for (const [id, rule] of [
    ['aaaaab', 'Bash(touch a)'],
    ['aaaaac', 'Bash(touch a)'],
    ['aaaaad', 'Write'],
    ['aaaaae', null],
  ] as const) {
    await store.approvals.ask(question(id, { rule }));
    await store.approvals.answer(id, always);
  }
  expect(await rules()).toEqual(['Bash(touch a)', 'Write']);
});

test('who answered always is on record as the author of the rule', async () => {
  const author = { by: 'ann', at: 7_000 };
  await store.approvals.ask(question('aaaaaa'));
  await store.approvals.answer('aaaaaa', { ...ALLOW, always: true }, author);
  expect(await store.sessions.changes(ID)).toEqual([
    { sessionId: ID, what: 'allowed_tools', from: [], to: ['Bash(touch a)'], ...author },
  ]);
});

test('who has lost the turn asks nothing, and reserves nothing', async () => {
  await store.turns.adopt(turnId, 'me', 'another');
  expect(await store.approvals.ask(question('aaaaaa'))).toBe(false);
  const request = { owner: 'me', since: 0, limitUsd: 1, wantedUsd: null };
  await expect(store.turns.reserve(turnId, request)).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

test('they go with the end of their turn, and an ended turn asks nothing', async () => {
  await store.approvals.ask(question('aaaaaa'));
  expect(await store.turns.finish(turnId, 'somebody', turnEnd())).toBe(false);
  expect(await openIds()).toEqual(['aaaaaa']);
  expect(await store.turns.finish(turnId, 'me', turnEnd())).toBe(true);
  expect(await openIds()).toEqual([]);
  expect(await store.approvals.ask(question('aaaaab'))).toBe(false);
  expect(await store.approvals.ofTurn(turnId)).toEqual([]);
});
