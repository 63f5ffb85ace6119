import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { readLines } from '../../../src/system/read-lines.ts';

async function read(chunks: (string | Buffer)[], longest?: number): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  for await (const line of readLines(Readable.from(chunks), longest)) lines.push(line);
  return lines;
}

it.each([
  [[''], []],
  [['a'], ['a']],
  [['a\n'], ['a']],
  [['a\n\nb\n'], ['a', '', 'b']],
  [
    ['a', 'b\nc', 'd', '\n', 'e'],
    ['ab', 'cd', 'e'],
  ],
])('%j has the lines %j', async (chunks, lines) => {
  expect(await read(chunks)).toEqual(lines);
});

it('puts characters together that come in pieces', async () => {
  const bytes = Buffer.from('é🦊\nü');
  expect(await read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(['é🦊', 'ü']);
});

it('skips a line that is too long, and goes on behind it', async () => {
  expect(await read(['12345\n123456\n12345\n'], 5)).toEqual(['12345', undefined, '12345']);
  expect(await read(['123', '456', '789\n1\n', '1234567'], 5)).toEqual([undefined, '1', undefined]);
});
