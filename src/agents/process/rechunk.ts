const PIECE_UNITS = 256 * 1024;

/** The same text in pieces of about 256 Ki UTF-16 units. No piece ends inside a surrogate pair. */
export function* rechunk(texts: Iterable<string>): Generator<string, void> {
  let held: string[] = [];
  let units = 0;
  for (const text of texts) {
    held.push(text);
    units += text.length;
    if (units < PIECE_UNITS) continue;
    const joined = held.join('');
    let from = 0;
    while (joined.length - from >= PIECE_UNITS) {
      const to = endsInPair(joined, from + PIECE_UNITS) ? from + PIECE_UNITS - 1 : from + PIECE_UNITS;
      yield joined.slice(from, to);
      from = to;
    }
    held = [joined.slice(from)];
    units = joined.length - from;
  }
  if (units > 0) yield held.join('');
}

/** Whether the text before `end` ends with the first half of a surrogate pair. */
export function endsInPair(text: string, end = text.length): boolean {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
