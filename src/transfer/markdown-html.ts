/**
 * Markdown as agents write it, as HTML: headings, paragraphs, lists, quotes, tables, rules and fenced code. It is no full
 * CommonMark: what it doesn't know it shows as it was written. HTML in it is text.
 */
import { escapeHtml } from './escape-html.ts';
import { highlight } from './highlight.ts';
import { renderInline } from './markdown-inline.ts';

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)(?:\s+#+)?\s*$/;
const RULE = /^ {0,3}(?:-\s*){3,}$|^ {0,3}(?:\*\s*){3,}$|^ {0,3}(?:_\s*){3,}$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^(\s*)(?:[-*+]|(\d{1,9})[.)])\s+(?=\S)/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/;
const DEEPEST = 8;

export function renderMarkdown(text: string): string {
  return renderBlocks(text.replaceAll('\r\n', '\n').split('\n'), 0);
}

function renderBlocks(lines: string[], depth: number): string {
  let html = '';
  for (let at = 0; at < lines.length;) {
    const [block, next] = renderBlock(lines, at, depth);
    html += block;
    at = next;
  }
  return html;
}

/** The block that begins at a line, and the line behind it. */
function renderBlock(lines: string[], at: number, depth: number): [html: string, next: number] {
  const line = lines[at]!;
  if (line.trim() === '') return ['', at + 1];
  const fence = FENCE.exec(line);
  if (fence !== null) return renderFence(lines, at, fence[1]!, fence[2] ?? '');
  const heading = HEADING.exec(line);
  if (heading !== null) {
    // The page's own headings are above those of a message.
    const level = Math.min(heading[1]!.length + 2, 6);
    return [`<h${level}>${renderInline(heading[2]!)}</h${level}>\n`, at + 1];
  }
  if (RULE.test(line)) return ['<hr>\n', at + 1];
  if (depth < DEEPEST && QUOTE.test(line)) {
    const end = endOf(lines, at, (each) => QUOTE.test(each));
    const inner = lines.slice(at, end).map((each) => each.replace(QUOTE, ''));
    return [`<blockquote>${renderBlocks(inner, depth + 1)}</blockquote>\n`, end];
  }
  if (depth < DEEPEST && ITEM.test(line)) return renderList(lines, at, depth);
  if (line.includes('|') && TABLE_RULE.test(lines[at + 1] ?? '') && lines[at + 1]!.includes('-'))
    return renderTable(lines, at);
  const end = Math.max(
    endOf(lines, at, (each) => !startsBlock(each)),
    at + 1,
  );
  return [
    `<p>${lines
      .slice(at, end)
      .map((each) => renderInline(each.trim()))
      .join('<br>\n')}</p>\n`,
    end,
  ];
}

function startsBlock(line: string): boolean {
  return [FENCE, HEADING, RULE, QUOTE, ITEM].some((start) => start.test(line)) || line.trim() === '';
}

function endOf(lines: string[], from: number, belongs: (line: string) => boolean): number {
  let end = from;
  while (end < lines.length && belongs(lines[end]!)) end++;
  return end;
}

/** Code up to its closing fence, or to the end where there is none. */
function renderFence(lines: string[], at: number, fence: string, language: string): [string, number] {
  const end = endOf(lines, at + 1, (line) => !isClosing(line.trim(), fence));
  const label = language === '' ? '' : ` data-language="${escapeHtml(language.slice(0, 30))}"`;
  const code = highlight(lines.slice(at + 1, end).join('\n'), language);
  return [`<pre${label}><code>${code}</code></pre>\n`, end + 1];
}

function isClosing(line: string, fence: string): boolean {
  return line.startsWith(fence) && line === fence.charAt(0).repeat(line.length);
}

/** Items of one kind and depth; deeper lines belong to the item before them. */
function renderList(lines: string[], at: number, depth: number): [string, number] {
  const [, indent, number] = ITEM.exec(lines[at]!)!;
  const items: string[][] = [];
  let end = at;
  for (; end < lines.length; end++) {
    const line = lines[end]!;
    const item = ITEM.exec(line);
    const isSibling =
      item !== null &&
      item[1]!.length <= indent!.length + 1 &&
      (item[2] === undefined) === (number === undefined);
    if (isSibling && item[1]!.length >= indent!.length - 1) items.push([line.slice(item[0].length)]);
    else if (
      line.trim() === ''
        ? !/^\s+\S/.test(lines[end + 1] ?? '') && !continues(lines[end + 1], number !== undefined)
        : !/^\s{2}/.test(line) && startsBlock(line)
    )
      break;
    else if (line.trim() !== '' && !/^\s/.test(line) && lines[end - 1]!.trim() === '') break;
    else
      items
        .at(-1)!
        .push(line.replace(new RegExp(`^\\s{0,${indent!.length + (number?.length ?? 0) + 2}}`), ''));
  }
  const body = items.map((item) => `<li>${unwrap(renderBlocks(item, depth + 1))}</li>\n`).join('');
  const start = number === undefined || number === '1' ? '' : ` start="${Number(number)}"`;
  return [
    number === undefined ? `<ul>\n${body}</ul>\n` : `<ol${start}>\n${body}</ol>\n`,
    Math.max(end, at + 1),
  ];
}

/** Whether a line after an empty one goes on with the same list. */
function continues(line: string | undefined, isNumbered: boolean): boolean {
  const item = ITEM.exec(line ?? '');
  return item !== null && (item[2] !== undefined) === isNumbered;
}

/** An item of one paragraph needs none. */
function unwrap(html: string): string {
  const [, only] = /^<p>([^]*?)<\/p>\n((?:<[uo]l[^]*)?)$/.exec(html) ?? [];
  return only === undefined || html.indexOf('<p>', 3) !== -1
    ? html
    : html.replace('<p>', '').replace('</p>', '');
}

function renderTable(lines: string[], at: number): [string, number] {
  const end = endOf(lines, at, (line) => line.includes('|'));
  const row = (line: string, cell: 'th' | 'td'): string =>
    `<tr>${splitRow(line)
      .map((text) => `<${cell}>${renderInline(text)}</${cell}>`)
      .join('')}</tr>\n`;
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  return [
    `<div class=wide><table>\n<thead>${row(lines[at]!, 'th')}</thead>\n<tbody>${body.join('')}</tbody></table></div>\n`,
    end,
  ];
}

function splitRow(line: string): string[] {
  return line
    .trim()
    .replace(/^\||(?<!\\)\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll(String.raw`\|`, '|'));
}
