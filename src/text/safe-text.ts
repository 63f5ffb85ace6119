// oxlint-disable no-control-regex -- control characters are this file's subject
/** Commands of a terminal: all controls but tab and newline. */
const CONTROL = String.raw`[\u0000-\u0008\u000B-\u001F\u007F-\u009F]`;
/**
 * What is not seen and changes what is: it turns the direction, hides words or breaks lines.
 *
 * Left alone where languages and emoji need it: one variation selector behind a character, joiners behind a letter or an
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
/** Words of ASCII with a space between: nearly all there is, and nothing in it has to be looked for. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const LINE_BREAKS = /[\s\u2028\u2029]+/g;

/**
 * Text that can't command a terminal nor hide what it says: each control character but tab and newline becomes its
 * picture, each invisible one its number, as in `<U+202E>`.
 *
 * Character by character, so a sequence split over two pieces is harmless too.
 */
export function neutralise(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(UNSAFE, pictureOf);
}

/** Foreign text for one line of ours: nothing that moves the cursor, breaks the line or turns its direction. */
export function oneLine(text: string): string {
  return PLAIN.test(text) ? text : neutralise(text.replaceAll(LINE_BREAKS, ' ')).trim();
}

/** As `oneLine`, with line breaks shown instead of left out: for what is a name or a sentence, and no excerpt. */
export function escapeLine(text: string): string {
  return PLAIN.test(text) ? text : neutralise(text).replaceAll('\n', String.raw`\n`);
}

/** Foreign text over several lines, none of which can be taken for a line of ours: all but the first are indented. */
export function indentLines(text: string): string {
  return neutralise(text).replaceAll('\n', '\n  ');
}

/** JSON that can't command a terminal: the same JSON, with escapes for what JSON itself leaves as it is. */
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
