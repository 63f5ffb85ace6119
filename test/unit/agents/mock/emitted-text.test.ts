import { expect, test } from 'vitest';
import { emittedText } from '../../../../src/agents/mock/text.ts';

test.each([
  [0, 64_000],
  [1, 64_000],
  [64, 64],
  [1_000, 1],
  [1_000_000, 64_000],
  [123_457, 1_000],
])('%i bytes in chunks of %i', (bytes, chunkBytes) => {
  const pieces = [...emittedText(bytes, chunkBytes)];
  const text = pieces.join('');
  expect(Buffer.byteLength(text)).toBe(bytes);
  expect(text === [...emittedText(bytes, 64)].join('')).toBe(true);
  expect(pieces.every((piece) => piece.length <= Math.max(64, chunkBytes))).toBe(true);
});

test('every line carries its number', () => {
  const lines = [...emittedText(64 * 1_234, 64_000)].join('').trimEnd().split('\n');
  expect(lines.map((line) => Number(line.slice(0, 8)))).toEqual(lines.map((_, at) => at));
});
