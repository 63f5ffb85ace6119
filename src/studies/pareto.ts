import { SessionError } from '../errors.ts';

/**
 * Finds the points that no other point dominates. All coordinates are minimised.
 *
 * `coordinates` contains the points one after the other. A point dominates another if no coordinate is greater and at
 * least one is smaller. So of equal points all or none are on the front. Returns indexes of points, ascending.
 *
 * The points are sorted by coordinates, so dominators come before a point. In up to three dimensions a tree finds one
 * of them quickly. In more dimensions, the point is compared with the front so far. Throws STUDY_INVALID when that
 * would take too long.
 */
export function findParetoFront(coordinates: Float64Array, dimensions: number): number[] {
  const count = coordinates.length / dimensions;
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort((left, right) => comparePoints(coordinates, dimensions, left, right));
  const front: number[] = [];
  const isDominated = dimensions <= 3 ? sweep(coordinates, dimensions) : compareAll(coordinates, dimensions);
  for (const point of order) {
    const last = front.at(-1);
    const isSame = last !== undefined && comparePoints(coordinates, dimensions, last, point) === 0;
    if (isSame || !isDominated(point)) front.push(point);
  }
  return front.toSorted((left, right) => left - right);
}

/** Picks up to `limit` of the points, ascending: the best on each axis, and others evenly along the first axis. */
export function pickSpread(
  points: number[],
  coordinates: Float64Array,
  dimensions: number,
  limit: number,
): number[] {
  if (points.length <= limit) return points;
  const at = (point: number, axis: number): number => coordinates[point * dimensions + axis]!;
  const picked = new Set<number>();
  for (let axis = 0; axis < dimensions && picked.size < limit; axis += 1) {
    picked.add(points.reduce((best, point) => (at(point, axis) < at(best, axis) ? point : best)));
  }
  const sorted = points.toSorted((left, right) => at(left, 0) - at(right, 0));
  const places = limit - picked.size;
  for (let place = 1; place <= places; place += 1) {
    picked.add(sorted[Math.round((place * (sorted.length - 1)) / (places + 1))]!);
  }
  return [...picked].toSorted((left, right) => left - right);
}

function comparePoints(coordinates: Float64Array, dimensions: number, left: number, right: number): number {
  for (let axis = 0; axis < dimensions; axis += 1) {
    const a = coordinates[left * dimensions + axis]!;
    const b = coordinates[right * dimensions + axis]!;
    if (a !== b) return compare(a, b);
  }
  return 0;
}

function compare(left: number, right: number): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * Tells whether an earlier point dominates a point. Points must come sorted, and different from earlier points of the
 * front.
 */
type Dominance = (point: number) => boolean;

/**
 * A Fenwick tree of minima: for each position on the second axis, the smallest third coordinate up to there.
 *
 * NaN means no value, because infinities are valid coordinates.
 */
function sweep(coordinates: Float64Array, dimensions: number): Dominance {
  const count = coordinates.length / dimensions;
  const at = (point: number, axis: number): number =>
    axis < dimensions ? coordinates[point * dimensions + axis]! : 0;
  const order = Uint32Array.from({ length: count }, (_, point) => point);
  order.sort((left, right) => compare(at(left, 1), at(right, 1)));
  const places = new Uint32Array(count);
  order.forEach((point, index) => {
    const before = order[index - 1];
    places[point] = before !== undefined && at(before, 1) === at(point, 1) ? places[before]! : index + 1;
  });
  const least = new Float64Array(count + 1).fill(Number.NaN);
  return (point) => {
    const value = at(point, 2);
    for (let place = places[point]!; place > 0; place -= place & -place)
      if (least[place]! <= value) return true;
    for (let place = places[point]!; place <= count; place += place & -place)
      if (!(least[place]! <= value)) least[place] = value;
    return false;
  };
}

const MAX_COMPARISONS = 200_000_000;

function compareAll(coordinates: Float64Array, dimensions: number): Dominance {
  const front: number[] = [];
  let left = MAX_COMPARISONS;
  return (point) => {
    left -= front.length;
    if (left < 0) {
      const count = coordinates.length / dimensions;
      throw new SessionError(
        'STUDY_INVALID',
        `The Pareto front of ${count} trials in ${dimensions} objectives is too large to work out.`,
      );
    }
    for (let index = front.length - 1; index >= 0; index -= 1) {
      let axis = 1; // The first coordinate is never greater: the points come sorted.
      while (
        axis < dimensions &&
        coordinates[front[index]! * dimensions + axis]! <= coordinates[point * dimensions + axis]!
      ) {
        axis += 1;
      }
      if (axis === dimensions) return true;
    }
    front.push(point);
    return false;
  };
}
