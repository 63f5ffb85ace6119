import { SessionError } from '../errors.ts';

/** The pattern of a complete session id. */
export const ID = /^[0-9a-f]{8}$/;

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._/#@+: -]{0,63}$/u;
const TAG = /^([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})(?:=(.{0,256}))?$/u;

/** A name in the form in which names are stored and searched: without spaces around it, in one Unicode form. */
export function spellName(text: string): string {
  return text.trim().normalize('NFC');
}

/** Whether `parseName` accepts a text. */
export function isName(text: string): boolean {
  return NAME.test(spellName(text)) && !ID.test(text);
}

/**
 * Parses a name. It must work as a shell word, as branch names do, and must not look like another selector. Throws
 * USAGE.
 */
export function parseName(text: string): string {
  if (ID.test(text))
    throw new SessionError(
      'USAGE',
      `"${text}" looks like the id of a session, and can't be the name of another.`,
      {
        hint: 'Choose a name that is not eight hexadecimal characters.',
      },
    );
  const name = spellName(text);
  if (NAME.test(name)) return name;
  throw new SessionError('USAGE', `"${text}" is not a valid name of a session.`, {
    hint: 'Use up to 64 letters, digits, spaces and any of . _ - / # @ + : and begin with a letter or digit.',
  });
}

/** Parses tags, `key=value` or `key`, each key once. Throws USAGE. */
export function parseTags(texts: string[]): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, key, value] = TAG.exec(text) ?? [];
      if (key === undefined)
        throw new SessionError('USAGE', `"${text}" is not a valid tag.`, {
          hint: 'Write key=value or key: the key up to 64 letters, digits and any of . _ -, beginning with a letter or digit, and the value up to 256 characters in one line.',
        });
      return [key, value ?? ''];
    }),
  );
}
