import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { AnswerText } from '../../../../src/agents/answer/answer-text.ts';
import { makeRoot } from '../../../support/study-tree.ts';

const say = (text: AnswerText, ...pieces: string[]): void => {
  for (const content of pieces) text.add({ type: 'text', content });
};
const whole = (text: AnswerText): string | undefined => {
  const pieces = text.pieces();
  return pieces && [...pieces].join('');
};
const place = (): string => join(makeRoot(), 'answer');

/** More than is held in memory, in pieces that are no power of two. */
const LONG = Array.from({ length: 300 }, (_, n) => `${n}é`.repeat(1001));

it('holds a short answer in memory, without what was taken back', () => {
  const path = place();
  const text = new AnswerText(path);
  say(text, 'one ', 'two ', 'th');
  text.add({ type: 'discard', length: 6 });
  say(text, '2 three');
  expect([whole(text), whole(text)]).toEqual(['one 2 three', 'one 2 three']);
  expect(existsSync(path)).toBe(false);
});

it('keeps a long one in a file for its owner alone, until it is closed', () => {
  const path = place();
  const text = new AnswerText(path);
  say(text, ...LONG, 'the end');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(whole(text)).toBe(`${LONG.join('')}the end`);
  say(text, ', after all');
  expect(whole(text)).toBe(`${LONG.join('')}the end, after all`);
  text.close();
  expect(existsSync(path)).toBe(false);
  expect(whole(text)).toBeUndefined();
});

it('never cuts a character, wherever its pieces end', () => {
  const text = new AnswerText(place());
  const halves = '😀'.repeat(700_000);
  say(text, 'x');
  for (let at = 0; at < halves.length; at += 70_001) say(text, halves.slice(at, at + 70_001));
  expect(whole(text)).toBe(`x${halves}`);
  for (const piece of text.pieces()!) expect(piece).not.toMatch(/[\ud800-\udbff]$/);
});

it('takes back what is not in the file yet, and knows when it can not', () => {
  const path = place();
  const text = new AnswerText(path);
  say(text, ...LONG, 'ab', 'cd');
  text.add({ type: 'discard', length: 4 });
  say(text, 'AB');
  expect(whole(text)).toBe(`${LONG.join('')}AB`);
  text.add({ type: 'discard', length: LONG.join('').length });
  say(text, 'again');
  expect(whole(text)).toBeUndefined();
  expect(existsSync(path)).toBe(false);
});

it('gives up where there is no room', () => {
  const text = new AnswerText('/no/such/folder/answer');
  say(text, ...LONG);
  expect(whole(text)).toBeUndefined();
});
