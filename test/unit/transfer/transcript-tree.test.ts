import { describe, expect, it } from 'vitest';
import { selectLive } from '../../../src/transfer/transcript-tree.ts';
import type { TreeLine } from '../../../src/transfer/transcript-tree.ts';
import { Random } from '../../support/random.ts';

/** `a<b` is a line whose parent is b, at the time of its place in the list. */
function lines(text: string, more: Record<string, Partial<TreeLine>> = {}): TreeLine[] {
  return text.split(' ').map((word, at) => {
    const [uuid, parent] = word.split('<') as [string, string?];
    const line = { uuid, parent: parent ?? null, at, isQuestion: false, call: null, calls: [], results: [] };
    return { ...line, ...more[uuid] };
  });
}

const select = (given: TreeLine[]): string =>
  selectLive(given)
    .map(({ uuid }) => uuid)
    .join(' ');
const question = { isQuestion: true };

describe('the live branch', () => {
  it.each([
    ['', ''],
    ['a b c', 'a b c'],
    ['a b<a c<b', 'a b c'],
    ['a b<a c<b d<b', 'a b d'],
    ['a b<a c<a d<b', 'a b d'],
    ['a b<lost c<b', 'a b c'],
    ['a b<a c<lost d<c', 'a b c d'],
    ['a b<a c d<c', 'a b c d'],
    ['a<a b<b c', 'a b c'],
    ['a<b b<a', 'a b'],
    ['a<c b<a c<b', 'a b c'],
    ['x a<b b<a', 'x'],
  ])('of %j is %j', (given, live) => {
    expect(select(given === '' ? [] : lines(given))).toBe(live);
  });

  it('begins anew at a question without a parent', () => {
    expect(select(lines('a b<a c d<c', { c: question }))).toBe('c d');
  });

  it('is told by times, not by the order of the lines', () => {
    expect(select(lines('a b<a c<b d<b').toReversed())).toBe('a b d');
    expect(select(lines('a b c').toReversed())).toBe('a b c');
  });

  it('has all parts of its messages, and all results of their tools', () => {
    const given = lines('q a<q b<a r<a s<b e<s', {
      a: { call: 'm', calls: ['t'] },
      b: { call: 'm', calls: ['u'] },
      r: { results: ['t'] },
      s: { results: ['u'] },
    });
    expect(select(given)).toBe('q a r b s e');
    const other = lines('q a<q b<a r<a e<r', {
      a: { call: 'm' },
      b: { call: 'm', calls: ['u'] },
    });
    expect(select(other)).toBe('q a b r e');
  });

  it.each([1, 2, 3, 4])('has each line at most once, whatever the links (%i)', (seed) => {
    const random = new Random(seed * 7919);
    for (let n = 0; n < 300; n++) {
      const names = Array.from({ length: 1 + random.below(12) }, (_, at) => `l${at}`);
      const given = names.map((uuid) => ({
        uuid,
        parent: random.below(5) === 0 ? null : random.pick([...names, 'lost']),
        at: random.below(20),
        isQuestion: random.below(3) === 0,
        call: random.below(2) === 0 ? null : random.pick(['m', 'n']),
        calls: random.below(2) === 0 ? [] : [random.pick(['t', 'u'])],
        results: random.below(2) === 0 ? [] : [random.pick(['t', 'u'])],
      }));
      const live = selectLive(given);
      expect(live.length).toBeGreaterThan(0);
      expect(new Set(live).size).toBe(live.length);
    }
  });

  it('is found in time that grows with the lines, also where they are all beside it', () => {
    const count = 50_000;
    const given = Array.from({ length: count }, (_, at) => ({
      uuid: `l${at}`,
      parent: at === 0 || at === count - 1 ? null : `l${at - 1}`,
      at,
      isQuestion: at === count - 1,
      call: 'm',
      calls: [],
      results: [],
    }));
    const begin = performance.now();
    selectLive(given);
    expect(performance.now() - begin).toBeLessThan(5000);
  });
});
