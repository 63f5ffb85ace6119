/** Puts foreign text (from files, answers, databases) into Markdown, so that it can't end the block it is in. */

/** Control characters that are removed from prompts: all but tab and line ends. */
// oxlint-disable-next-line no-control-regex -- naming them is the point
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** A fenced block whose fence is longer than any run of backticks in the text. */
export function renderFence(text: string, language = ''): string {
  let longest = 2;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text.replace(CONTROLS, '\uFFFD').replace(/\s+$/, '')}\n${fence}`;
}

/** Returns a fence that no line of a text in pieces can close: longer than any run of backticks in it. */
export async function findFence(pieces: Iterable<string> | AsyncIterable<string>): Promise<string> {
  let longest = 2;
  let atEnd = 0;
  for await (const piece of pieces) {
    for (const { 0: run, index } of piece.matchAll(/`+/g))
      longest = Math.max(longest, run.length + (index === 0 ? atEnd : 0));
    let tail = 0;
    while (tail < piece.length && piece[piece.length - 1 - tail] === '`') tail++;
    atEnd = tail === piece.length ? atEnd + tail : tail;
  }
  return '`'.repeat(longest + 1);
}

/**
 * Renders one line of inline code. Line ends become spaces, backticks become apostrophes, and long text is cut with
 * `…`.
 */
export function renderCode(text: string, maxChars = 200): string {
  return `\`${renderLine(text, maxChars).replaceAll('`', "'")}\``;
}

/** One line of plain text, cut with `…` when too long. */
export function renderLine(text: string, maxChars = 200): string {
  const line = text
    .slice(0, maxChars * 4)
    .replace(/[\s\u2028\u2029]+/g, ' ')
    .replace(CONTROLS, '\uFFFD')
    .trim();
  return line.length > maxChars ? `${cutHead(line, maxChars)}…` : line;
}

/** The first characters of a text, never ending inside a surrogate pair. */
export function cutHead(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxChars - 1 : maxChars);
}

/**
 * Renders a number as the shortest text that parses to the same number. Integers keep all digits; infinities are `inf`.
 */
export function renderNumber(value: number | bigint): string {
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return /^-?\d+$/.test(text) ? String(BigInt(value)) : text;
}
