import { expect, test } from 'vitest';
import { parseSearch } from '../../../src/store/search-words.ts';

test.each([
  ['a b a', ['a', 'b']],
  ['"a b" c', ['a b', 'c']],
  ['"a b', ['a', 'b']],
  ['begin* "two words"*', ['begin*', 'two words*']],
  ['foo_bar/baz.ts', ['foo bar baz ts']],
  ['* ** "" ^ - ()', []],
  ['NEAR/3 OR', ['NEAR 3', 'OR']],
])('%j is looked for as %j', (text, phrases) => {
  expect(parseSearch(text)).toEqual(phrases);
});
