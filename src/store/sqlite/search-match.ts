import { findSingle } from '../search-words.ts';

/** The condition in the syntax of FTS4. */
export function toMatch(phrases: readonly string[], sessionId?: string): string {
  const conditions = phrases.map((phrase) =>
    findSingle(phrase) === undefined ? `"${phrase}"` : `characters:${phrase.slice(0, -1)}`,
  );
  return [...conditions, ...(sessionId === undefined ? [] : [`session:${sessionId}`])].join(' ');
}
