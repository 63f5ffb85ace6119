/** How contents of any length are stored: the first part in the message's row, the others in another table. */
import type { Role } from '../model/model.ts';

/** In UTF-16 units; at most three bytes each. */
const PART_LENGTH = 80 * 1024;

/**
 * The number of parts of a message that are indexed for search, about a million characters. This bounds the time of a
 * write.
 */
export const INDEXED_PARTS = 12;

/** Cuts text into parts of `length` (the last may be shorter), never inside a code point. */
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

/** The id of a turn's message. Each turn has at most two messages, and the key ensures that each is stored once. */
export function messageId(turnId: number, role: Role): number {
  return 2 * turnId + (role === 'assistant' ? 1 : 0);
}
