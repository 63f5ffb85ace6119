import { escapeHtml } from './escape-html.ts';

const CODE = /(?<ticks>`+)(?<code>[^]*?[^`])\k<ticks>(?!`)/;
const LINK = /\[(?<label>[^\][\n]{1,500})\]\((?<target>[^\s()<>]{1,2000})(?:\s+"[^"\n]*")?\)/;
const BARE = /(?<bare>https?:\/\/[^\s<>"'`)\]]+[^\s<>"'`)\].,;:!?])/;
const STRONG = /\*\*(?<strong>(?=\S)[^*\n]*(?:\*(?!\*)[^*\n]*)*?\S)\*\*/;
const EMPHASIS = /(?<![\w*])[*](?<em>(?=\S)[^*\n]*?\S)[*](?![\w*])|(?<!\w)_(?<under>(?=\S)[^_\n]*?\S)_(?!\w)/;
const STRUCK = /~~(?<struck>(?=\S)[^~\n]*?\S)~~/;
const INLINE = new RegExp(
  [CODE, LINK, BARE, STRONG, EMPHASIS, STRUCK].map(({ source }) => source).join('|'),
  'g',
);
const SAFE_TARGET = /^(?:https?:\/\/|mailto:)/i;

/** The inside of a paragraph: code, links, emphasis. Only links to the web and to mail become links. */
export function renderInline(text: string): string {
  let html = '';
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    html += escapeHtml(text.slice(at, match.index)) + renderPart(match[0], match.groups ?? {});
    at = match.index + match[0].length;
  }
  return html + escapeHtml(text.slice(at));
}

function renderPart(whole: string, parts: Record<string, string | undefined>): string {
  const { code, label, target, bare, strong, em, under, struck } = parts;
  if (code !== undefined) return `<code>${escapeHtml(code.replace(/^ (.*) $/s, '$1'))}</code>`;
  if (bare !== undefined) return link(bare, escapeHtml(bare));
  if (label !== undefined && target !== undefined)
    return SAFE_TARGET.test(target) ? link(target, renderInline(label)) : escapeHtml(whole);
  if (strong !== undefined) return `<strong>${renderInline(strong)}</strong>`;
  if (struck !== undefined) return `<del>${renderInline(struck)}</del>`;
  return `<em>${renderInline(em ?? under ?? whole)}</em>`;
}

function link(target: string, html: string): string {
  return `<a href="${escapeHtml(target)}" rel="noreferrer noopener">${html}</a>`;
}
