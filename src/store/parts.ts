/** How contents of any length are kept: the first part in the message's row, the others apart. */
import type { Role } from '../model/model.ts';

/** In UTF-16 units; at most three bytes each. */
const PART_LENGTH = 80 * 1024;

/** Of a message so many parts are indexed for search, about a million characters; this bounds a write. */
export const INDEXED_PARTS = 12;

/** Cuts text into parts of `length` (the last may be shorter), whatever its pieces were; never inside a code point. */
export function* toParts(pieces: Iterable<string>, length = PART_LENGTH): Generator<string> {
  let rest = '';
  for (const piece of pieces) {
    rest += piece;
    while (rest.length > length) {
      const cut = isHighSurrogate(rest.charCodeAt(length - 1)) ? length - 1 : length;
      yield rest.slice(0, cut);
      rest = rest.slice(cut);
    }
  }
  if (rest !== '') yield rest;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** At most two messages a turn, each stored once: the key sees to that. */
export function messageId(turnId: number, role: Role): number {
  return 2 * turnId + (role === 'assistant' ? 1 : 0);
}
