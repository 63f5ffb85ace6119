// oxlint-disable no-control-regex -- control characters are this file's subject
/** Characters that can command a terminal: all control characters but tab and newline. */
const CONTROL = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F]`;
/**
 * Invisible characters that change what is seen: they reverse the direction, hide words or break lines.
 *
 * Excluded is what languages and emoji need: one variation selector after a character, joiners after a letter or an
 * emoji, the tags of a flag, and Mongolian's own selectors.
 */
const INVISIBLE = [
  String.raw`[\u2028\u2029\uFFF9-\uFFFB]`,
  String.raw`(?<=\p{DI})[\uFE00-\uFE0F\u{E0100}-\u{E01EF}]`,
  String.raw`(?<=[\0-\x7F]|(?!\uFE0F)\p{DI})[\u200C\u200D]`,
  String.raw`(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]*)[\u{E0020}-\u{E007F}]`,
  String.raw`(?![\u180B-\u180D\u180F\u200C\u200D\uFE00-\uFE0F\u{E0020}-\u{E007F}\u{E0100}-\u{E01EF}])\p{DI}`,
].join('|');
const UNSAFE = new RegExp(`${CONTROL}|${INVISIBLE}`, 'gu');
/** ASCII words with single spaces. Most text is of this kind, and none of it has to be replaced. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const LINE_BREAKS = /[\s\u2028\u2029]+/g;

/**
 * Makes text safe to show: it can't command a terminal or hide a part of itself. Each control character but tab and
 * newline is replaced by its picture, each invisible character by its number, as in `<U+202E>`.
 *
 * Each character is replaced on its own, so a sequence that is split over two pieces is harmless too.
 */
export function neutralise(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(UNSAFE, pictureOf);
}

/**
 * Makes foreign text safe within one line of our output: it can't move the cursor, break the line or change its
 * direction.
 */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : neutralise(text.replaceAll(LINE_BREAKS, ' ')).trim();
}

/** Like `oneLine`, but shows line breaks instead of removing them. Use it for names and sentences, not for excerpts. */
export function escapeLine(text: string): string {
  return PLAIN.test(text) ? text : neutralise(text).replaceAll('\n', String.raw`\n`);
}

/**
 * Makes foreign text safe over several lines. All lines but the first are indented, so none looks like a line of ours.
 */
export function indentLines(text: string): string {
  return neutralise(text).replaceAll('\n', '\n  ');
}

/** Makes JSON safe to show. It stays the same JSON, with escapes for control characters that JSON allows. */
export function escapeJsonText(json: string): string {
  return json.replaceAll(UNSAFE, (characters) =>
    Array.from(
      { length: characters.length },
      (_, at) => String.raw`\u` + characters.charCodeAt(at).toString(16).padStart(4, '0'),
    ).join(''),
  );
}

function pictureOf(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}
