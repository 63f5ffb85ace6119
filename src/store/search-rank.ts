/** How fast a word's weight stops growing with its number, and how much a long document is held back (Okapi BM25). */
const SATURATION = 1.2;
const LENGTH_WEIGHT = 0.75;

/**
 * Okapi BM25 of one document, from what FTS4 knows of it: matchinfo's `pcnalx`
 * (https://www.sqlite.org/fts3.html#matchinfo), of which only the first column and the first `words` phrases count.
 */
export function relevance(info: Uint8Array, words: number): number {
  const numbers = new DataView(info.buffer, info.byteOffset, info.byteLength);
  const at = (n: number): number => numbers.getUint32(4 * n, true);
  const columns = at(1);
  const documents = at(2);
  const averageLength = Math.max(at(3), 1);
  const length = at(3 + columns);
  const hold = SATURATION * (1 - LENGTH_WEIGHT + (LENGTH_WEIGHT * length) / averageLength);
  let sum = 0;
  for (let word = 0; word < words; word++) {
    const counts = 3 + 2 * columns + 3 * columns * word;
    const here = at(counts);
    const holders = at(counts + 2);
    const rarity = Math.log(1 + Math.max(documents - holders + 0.5, 0.5) / (holders + 0.5));
    sum += (rarity * here * (SATURATION + 1)) / (here + hold);
  }
  return sum;
}
