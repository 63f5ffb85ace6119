import { expect, it, onTestFinished, vi } from 'vitest';
import type { PermissionAnswer } from '../../../src/agents/agent.ts';
import type { AgentEvent } from '../../../src/agents/events.ts';
import type { Turn, TurnLimits } from '../../../src/model/model.ts';
import type { Store } from '../../../src/store/store.ts';
import { Questions } from '../../../src/turns/questions.ts';
import { turnEnd } from '../../support/store-model.ts';
import { makeHome, until } from '../../support/settling.ts';

type Question = Extract<AgentEvent, { type: 'permission_request' }>;

const question = (id: string, more: Partial<Question> = {}): Question => ({
  type: 'permission_request',
  requestId: `r-${id}`,
  id,
  toolUseId: `toolu_${id}`,
  tool: 'Bash',
  input: { command: `touch ${id}` },
  rule: `Bash(touch ${id})`,
  ...more,
});

interface Asking {
  store: Store;
  questions: Questions;
  /** What the agent was answered, by request. */
  answers: Map<string, PermissionAnswer>;
  turn: Turn;
}

async function startAsking(limits: Partial<TurnLimits> = {}): Promise<Asking> {
  const { store, addTurn } = await makeHome();
  const turn = await addTurn('me');
  turn.limits = { ...turn.limits, askTimeoutMs: 60_000, ...limits };
  const answers = new Map<string, PermissionAnswer>();
  const questions = new Questions({
    turn,
    allowed: ['Bash(touch known)'],
    approvals: store.approvals,
    answer: async (id, answer) => void answers.set(id, answer),
    onAnswer: () => {},
  });
  onTestFinished(() => questions.stop());
  return { store, questions, answers, turn };
}

it('three questions at once are each answered by what was said to it', async () => {
  const { store, questions, answers } = await startAsking();
  for (const id of ['aaaa', 'bbbb', 'cccc']) await questions.ask(question(id));
  expect((await store.approvals.open()).map(({ id }) => id)).toEqual(['aaaa', 'bbbb', 'cccc']);
  await store.approvals.answer('bbbb', { answer: 'allow', message: null, always: true });
  await until(() => answers.size === 1);
  expect(questions.isAsking).toBe(true);
  await store.approvals.answer('cccc', { answer: 'deny', message: 'Use tmp.', always: false });
  await store.approvals.answer('aaaa', { answer: 'allow', message: null, always: false });
  await until(() => answers.size === 3);
  expect(Object.fromEntries(answers)).toEqual({
    'r-aaaa': { isAllowed: true, input: { command: 'touch aaaa' }, rule: null },
    'r-bbbb': { isAllowed: true, input: { command: 'touch bbbb' }, rule: 'Bash(touch bbbb)' },
    'r-cccc': { isAllowed: false, message: 'The user denied this call: Use tmp.' },
  });
  expect(questions.isAsking).toBe(false);
  const told = questions.takeTold();
  expect(told).toHaveLength(3);
  expect(told[0]).toMatchObject({ status: 'approval_answered', approval: 'bbbb', answer: 'allow' });
  expect(questions.takeTold()).toEqual([]);
});

it('one that nobody answers in time is denied', async () => {
  const { store, questions, answers } = await startAsking({ askTimeoutMs: 5_000 });
  await questions.ask(question('aaaa'));
  vi.setSystemTime(Date.now() + 5_000);
  await until(() => answers.size === 1);
  expect(answers.get('r-aaaa')).toEqual({
    isAllowed: false,
    message: 'Nobody approved this call in time.',
  });
  expect(await store.approvals.open()).toEqual([]);
});

it('one that the agent takes back is closed without an answer', async () => {
  const { store, questions, answers } = await startAsking();
  await questions.ask(question('aaaa'));
  await questions.cancel('r-other');
  expect(questions.isAsking).toBe(true);
  await questions.cancel('r-aaaa');
  expect(questions.isAsking).toBe(false);
  expect(await store.approvals.open()).toEqual([]);
  expect(questions.takeTold()).toMatchObject([{ approval: 'aaaa', answer: 'withdrawn' }]);
  expect(answers.size).toBe(0);
});

it('an input that is too long to hold is denied at once', async () => {
  const { store, questions, answers } = await startAsking();
  await questions.ask(question('aaaa', { input: null, rule: null }));
  expect(answers.get('r-aaaa')).toMatchObject({ isAllowed: false });
  expect(await store.approvals.open()).toEqual([]);
});

it('secrets are masked where they are kept, not in what the agent gets, and are in no rule', async () => {
  const { store, questions, answers } = await startAsking({
    redact: { patterns: ['hunter\\d'], stream: false },
  });
  const input = { command: 'login hunter2' };
  await questions.ask(question('aaaa', { input, rule: 'Bash(login hunter2)' }));
  await questions.ask(question('bbbb'));
  const [masked, plain] = await store.approvals.open();
  expect(masked).toMatchObject({ input: { command: 'login [redacted]' }, rule: null });
  expect(plain).toMatchObject({ rule: 'Bash(touch bbbb)' });
  await store.approvals.answer('aaaa', { answer: 'allow', message: null, always: false });
  await until(() => answers.size === 1);
  expect(answers.get('r-aaaa')).toMatchObject({ isAllowed: true, input });
});

it('of a turn that has ended nothing is asked', async () => {
  const { questions, store, turn, answers } = await startAsking();
  await store.turns.finish(turn.id, 'me', turnEnd());
  await questions.ask(question('aaaa'));
  expect(questions.isAsking).toBe(false);
  expect(answers.size).toBe(0);
});

it('once stopped, the store is asked no more', async () => {
  const { questions, store, answers } = await startAsking();
  await questions.ask(question('aaaa'));
  const looks = vi.spyOn(store.approvals, 'ofTurn');
  questions.stop();
  expect(questions.isAsking).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(looks).not.toHaveBeenCalled();
  expect(answers.size).toBe(0);
});

it('what is allowed always is not asked again', async () => {
  const { questions, store, answers } = await startAsking();
  expect(await questions.ask(question('known'))).toBe(false);
  expect(answers.get('r-known')).toMatchObject({ isAllowed: true });
  expect(await questions.ask(question('aaaa'))).toBe(true);
  expect((await store.approvals.open()).map(({ id }) => id)).toEqual(['aaaa']);
  await store.approvals.answer('aaaa', { answer: 'allow', message: null, always: true });
  await until(() => answers.size === 2);
  expect(await questions.ask(question('bbbb', { rule: 'Bash(touch aaaa)' }))).toBe(false);
  expect(await questions.ask(question('cccc', { rule: null }))).toBe(true);
});
