import { SessionError } from '../errors.ts';

/** What a whole session id looks like. */
export const ID = /^[0-9a-f]{8}$/;

const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._/#@+: -]{0,63}$/u;
const TAG = /^([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})(?:=(.{0,256}))?$/u;

/** A name in the one spelling that is stored and looked for: without blanks around it, however its accents were typed. */
export function spellName(text: string): string {
  return text.trim().normalize('NFC');
}

/** Whether a text is a name as `parseName` takes it. */
export function isName(text: string): boolean {
  return NAME.test(spellName(text)) && !ID.test(text);
}

/** A name a shell word can carry and no selector can be taken for, such as that of a branch. Throws USAGE. */
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

/** `key=value` or `key`, each key once. Throws USAGE. */
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
