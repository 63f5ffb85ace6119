import { expect, test } from 'vitest';
import { toParts } from '../../../src/store/parts.ts';

test.each([
  [['abcdef'], 3, ['abc', 'def']],
  [['a', 'bc', 'defg'], 3, ['abc', 'def', 'g']],
  [['ab😀c'], 3, ['ab', '😀c']],
  [['😀😀'], 2, ['😀', '😀']],
  [['', ''], 2, []],
])('%j are cut at %i units, never inside a code point', (pieces, length, parts) => {
  expect([...toParts(pieces, length)]).toEqual(parts);
});
