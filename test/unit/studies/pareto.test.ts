import { describe, expect, it } from 'vitest';
import { findParetoFront, pickSpread } from '../../../src/studies/pareto.ts';

/** The definition itself, point against point. */
function frontByDefinition(points: number[][]): number[] {
  const dominates = (a: number[], b: number[]): boolean =>
    a.every((value, axis) => value <= b[axis]!) && a.some((value, axis) => value < b[axis]!);
  return points.flatMap((point, index) => (points.some((other) => dominates(other, point)) ? [] : [index]));
}

/** The same numbers at every run. */
function makePoints(count: number, dimensions: number, levels: number): number[][] {
  let state = 42;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  return Array.from({ length: count }, () =>
    Array.from({ length: dimensions }, () => Math.floor(next() * levels)),
  );
}

/** Points of which none dominates another: the coordinates of each add up to the same. */
function makeSimplex(count: number, dimensions: number): Float64Array {
  const points = makePoints(count, dimensions - 1, 2 ** 20).map((point, index) => [
    index,
    ...point.slice(1),
    -index - point.slice(1).reduce((sum, value) => sum + value, 0),
  ]);
  return Float64Array.from(points.flat());
}

describe('the Pareto front', () => {
  it.each([
    [1, 50, 10],
    [2, 300, 12],
    [2, 300, 1000],
    [3, 300, 6],
    [3, 300, 1000],
    [4, 200, 100],
  ])('is the definition’s in %s dimensions, %s points of %s levels', (dimensions, count, levels) => {
    const points = makePoints(count, dimensions, levels);
    expect(findParetoFront(Float64Array.from(points.flat()), dimensions)).toEqual(frontByDefinition(points));
  });

  it('takes infinities as numbers', () => {
    const points = [
      [Infinity, -Infinity],
      [Infinity, 0],
      [1, 1],
      [-Infinity, Infinity],
    ];
    expect(findParetoFront(Float64Array.from(points.flat()), 2)).toEqual([0, 2, 3]);
    const third = [-Infinity, Infinity, Infinity, 0];
    const solid = points.map((point, index) => [...point, third[index]!]);
    expect(findParetoFront(Float64Array.from(solid.flat()), 3)).toEqual(frontByDefinition(solid));
  });

  it('is empty without points, and quick with many', () => {
    expect(findParetoFront(new Float64Array(), 2)).toEqual([]);
    const line = Float64Array.from({ length: 200_000 }, (_, index) => (index % 2 === 0 ? index : -index));
    expect(findParetoFront(line, 2)).toHaveLength(100_000);
    expect(findParetoFront(makeSimplex(200_000, 3), 3)).toHaveLength(200_000);
  });

  it('is refused, not worked at without end, in many dimensions', () => {
    expect(findParetoFront(makeSimplex(1000, 4), 4)).toHaveLength(1000);
    expect(() => findParetoFront(makeSimplex(25_000, 4), 4)).toThrow(
      'The Pareto front of 25000 trials in 4 objectives is too large to work out.',
    );
  });
});

it('thins a front out, keeping the ends', () => {
  const line = Float64Array.from({ length: 200 }, (_, index) => (index % 2 === 0 ? index : -index));
  const front = findParetoFront(line, 2);
  const few = pickSpread(front, line, 2, 5);
  expect(few).toHaveLength(5);
  expect(few[0]).toBe(0);
  expect(few.at(-1)).toBe(99);
  expect(pickSpread(front, line, 2, 1000)).toBe(front);
});
