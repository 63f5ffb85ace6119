/**
 * Okapi BM25: how fast a word's weight stops growing with the number of its occurrences, and how much the length of a
 * document lowers it.
 */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/** The weight of a word that `holders` of the documents contain. */
export function rarity(holders: number, documents: number): number {
  return Math.log(1 + Math.max(documents - holders + 0.5, 0.5) / (holders + 0.5));
}

/**
 * Calculates Okapi BM25 of one document for phrases of known rarity, from FTS4's matchinfo `caly`
 * (https://www.sqlite.org/fts3.html#matchinfo). The length is that of the first column. FTS4's values over all
 * documents are not requested, because FTS4 would read all documents for them.
 */
export function relevance(info: Uint8Array, rarities: readonly number[]): number {
  const numbers = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const at = (n: number): number => numbers.getUint32(4 * n, true);
  const columns = at(0);
  const averageLength = Math.max(at(1), 1);
  const length = at(1 + columns);
  const hold = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / averageLength);
  let sum = 0;
  for (const [word, weight] of rarities.entries()) {
    let here = 0;
    for (let column = 0; column < columns; column++) here += at(1 + 2 * columns + columns * word + column);
    sum += (weight * here * (SATURATION + 1)) / (here + hold);
  }
  return sum;
}
