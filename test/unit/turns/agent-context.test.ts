import { expect, test } from 'vitest';
import { briefAgent, renderTold } from '../../../src/turns/agent-context.ts';
import type { AgentContext, PromptParts } from '../../../src/model/agent-context.ts';

const parts = (changes: Partial<PromptParts> = {}): PromptParts => ({
  identity: 'mode user',
  project: 'project',
  notes: '',
  attachments: '',
  study: 'study one',
  history: '',
  ...changes,
});

/** What a conversation was told after turns that found things so. */
function afterTurns(...turns: PromptParts[]): AgentContext {
  const first = briefAgent(null, turns[0]!).context;
  return turns.slice(1).reduce((known, now) => briefAgent(known, now).context, first);
}

test('a new conversation is told all in its prompt', () => {
  expect(briefAgent(null, parts())).toMatchObject({
    prompt: 'mode user\n\nproject\n\nstudy one\n',
    update: null,
  });
});

test('with nothing changed nothing is told, and the prompt is the same', () => {
  const { prompt, update, context } = briefAgent(afterTurns(parts()), parts());
  expect([prompt, update]).toEqual([briefAgent(null, parts()).prompt, null]);
  expect(context).toEqual(afterTurns(parts()));
});

test.each<[string, Partial<PromptParts>, string]>([
  ['study', { study: 'study two' }, 'study two'],
  ['notes', { notes: 'be quick' }, 'be quick'],
  ['attachments', { attachments: 'a file' }, 'a file'],
  ['project', { project: 'moved' }, 'moved'],
])('a change of the %s is told once, behind the same prompt', (_, change, told) => {
  const known = afterTurns(parts());
  const first = briefAgent(known, parts(change));
  expect(first.prompt).toBe(briefAgent(known, parts()).prompt);
  expect(first.update).toContain(told);
  expect(first.update).not.toContain('study one');
  expect(briefAgent(first.context, parts(change)).update).toBeNull();
});

test('going back is told as well', () => {
  const known = afterTurns(parts(), parts({ study: 'study two' }));
  const back = briefAgent(known, parts());
  expect(back.update).toContain('study one');
  expect(renderTold(back.context)).toBeNull();
});

test('what was told in several turns is known in sum', () => {
  const known = afterTurns(parts(), parts({ notes: 'n' }), parts({ notes: 'n', study: 'study two' }));
  expect(renderTold(known)).toMatch(/n\n\nstudy two/);
});

test('another mode takes a new prompt, on which the updates so far still go on', () => {
  const known = afterTurns(parts({ history: 'earlier' }), parts({ study: 'study two' }));
  const { prompt, update, context } = briefAgent(
    known,
    parts({ identity: 'mode power', study: 'study two' }),
  );
  expect(prompt).toBe('mode power\n\nproject\n\nstudy one\n\nearlier\n');
  expect(update).toBeNull();
  expect(renderTold(context)).toContain('study two');
});

test('another mode and another study at once: what was last told of the study is the newest', () => {
  const known = afterTurns(parts(), parts({ study: 'study two' }));
  const { prompt, update } = briefAgent(known, parts({ identity: 'mode power', study: 'study three' }));
  expect(prompt).toContain('mode power');
  expect(update).toContain('study three');
});

test('a turn does not repeat the history of a conversation that is resumed', () => {
  expect(briefAgent(afterTurns(parts()), parts({ history: 'earlier' })).update).toBeNull();
});
