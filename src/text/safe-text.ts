// oxlint-disable no-control-regex -- control characters are this file's subject
const CONTROL = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F]/g;
/** Words of ASCII with a space between: nearly all there is, and nothing in it has to be looked for. */
const PLAIN = /^(?:[!-~]+(?: [!-~]+)*)?$/;
const LINE_BREAKS = /[\s\u2028\u2029]+/g;
const DIRECTION = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * Text that can't command a terminal: each control character but tab and newline becomes its visible picture.
 *
 * Character by character, so a sequence split over two pieces is harmless too.
 */
export function neutralise(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(CONTROL, pictureOf);
}

/** Foreign text for one line of ours: nothing that moves the cursor, breaks the line or turns its direction. */
export function oneLine(text: string): string {
  if (PLAIN.test(text)) return text;
  return neutralise(text.replaceAll(LINE_BREAKS, ' ')).replaceAll(DIRECTION, '').trim();
}

function pictureOf(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\uFFFD';
}
