import { describe, expect, it } from 'vitest';
import { LongRecord, escapeJson, writeJson } from '../../../src/output/json-text.ts';
import { Random } from '../../support/random.ts';
import { printed } from './support.ts';

function cutAtRandom(text: string, random: Random): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const next = at + random.below(4);
    pieces.push(text.slice(at, next));
    at = next;
  }
  return pieces;
}

async function joined(text: Parameters<typeof escapeJson>[0]): Promise<string> {
  let whole = '';
  for await (const piece of escapeJson(text)) whole += piece;
  return `"${whole}"`;
}

describe('escaping by pieces', () => {
  it('is what JSON.stringify makes of the whole, wherever it was cut', async () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed);
      const text = random.text(1 + random.below(40));
      expect(await joined(cutAtRandom(text, random)), `seed ${seed}`).toBe(JSON.stringify(text));
    }
  });

  it('is so at the borders of its own parts', async () => {
    for (const before of [65_534, 65_535, 65_536, 131_071])
      for (const tail of ['😀', '\uD83D', '\uDE00', '\uD83D\uD83D\uDE00']) {
        const text = 'x'.repeat(before) + tail + 'y'.repeat(10);
        expect((await joined(text)) === JSON.stringify(text)).toBe(true);
      }
  });

  it('is so where a pair is cut in two pieces at such a border', async () => {
    const pieces = [`${'x'.repeat(65_535)}\uD83D`, '\uDE00', '\uDE00'];
    expect((await joined(pieces)) === JSON.stringify(pieces.join(''))).toBe(true);
  });

  it('never holds a long text whole', async () => {
    let longest = 0;
    for await (const piece of escapeJson('z'.repeat(3_000_000))) longest = Math.max(longest, piece.length);
    expect(longest).toBeLessThan(200_000);
  });
});

describe('a long record', () => {
  it('is the record with its text', async () => {
    const { stdout } = await printed(({ printer: { writer } }) =>
      writeJson(new LongRecord({ a: 1, b: null }, 'text', ['x"', 'y']), writer),
    );
    expect(stdout).toBe('{"a":1,"b":null,"text":"x\\"y"}');
  });

  it('may have nothing else', async () => {
    const { stdout } = await printed(({ printer: { writer } }) =>
      writeJson(new LongRecord({}, 'text', ''), writer),
    );
    expect(JSON.parse(stdout)).toEqual({ text: '' });
  });

  it('is valid even if the text breaks off', async () => {
    async function* breaking() {
      yield 'half of ';
      throw new Error('gone');
    }
    const { stdout } = await printed(({ printer: { writer } }) =>
      expect(writeJson(new LongRecord({ a: 1 }, 'text', breaking()), writer)).rejects.toThrow('gone'),
    );
    expect(JSON.parse(stdout)).toEqual({ a: 1, text: 'half of ' });
  });
});
