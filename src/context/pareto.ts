/**
 * Which of many points no other point dominates, each coordinate to be minimised.
 *
 * `coordinates` holds the points one after the other. A point dominates another if it is nowhere greater and
 * somewhere smaller; so of equal points all or none are on the front. Gives indexes of points, ascending.
 *
 * Sorted by coordinates, a point's dominators stand before it, so it is compared with the front so far only,
 * and in two dimensions with that front's last point only.
 */
export function findParetoFront(coordinates: Float64Array, dimensions: number): number[] {
  const count = coordinates.length / dimensions;
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  order.sort((left, right) => comparePoints(coordinates, dimensions, left, right));
  const front: number[] = [];
  /** One of each group of equal points on the front. */
  const distinct: number[] = [];
  for (const point of order) {
    const last = distinct.at(-1);
    if (last !== undefined && comparePoints(coordinates, dimensions, last, point) === 0) {
      front.push(point);
      continue;
    }
    if (isDominated(coordinates, dimensions, distinct, point)) continue;
    distinct.push(point);
    front.push(point);
  }
  return front.toSorted((left, right) => left - right);
}

/** Some of the points, ascending: the best on each axis, and others evenly along the first. All, when they are few. */
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
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

/** Whether a member of the front, which differs from the point, is nowhere greater. */
function isDominated(coordinates: Float64Array, dimensions: number, front: number[], point: number): boolean {
  const oldest = dimensions === 2 ? Math.max(0, front.length - 1) : 0;
  for (let index = front.length - 1; index >= oldest; index -= 1) {
    const member = front[index]!;
    let axis = 1; // The first coordinate is never greater: the points come sorted.
    while (
      axis < dimensions &&
      coordinates[member * dimensions + axis]! <= coordinates[point * dimensions + axis]!
    ) {
      axis += 1;
    }
    if (axis === dimensions) return true;
  }
  return false;
}
