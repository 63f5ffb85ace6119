import { escapeHtml } from './escape-html.ts';

// Every part has a longest length, so that no text takes long, however it was made.
const CODE = /(?<!`)(?<ticks>`{1,3})(?!`)(?<code>(?:(?!`)[^]|`(?!\k<ticks>)){1,1000}?)(?<!`)\k<ticks>(?!`)/;
const LINK = /\[(?<label>[^\][\n]{1,300})\]\((?<target>[^\s()<>]{1,1000})(?:\s+"[^"\n]{0,200}")?\)/;
const BARE = /(?<bare>https?:\/\/[^\s<>"'`)\]]{0,1000}[^\s<>"'`)\].,;:!?*])/;
const STRONG = /\*\*(?<strong>(?=[^\s*])(?:[^*\n]|\*(?!\*)){1,500}?)(?<!\s)\*\*/;
const EMPHASIS =
  /(?<![\w*])\*(?<em>(?=[^\s*])[^*\n]{1,500}?)(?<!\s)\*(?![\w*])|(?<!\w)_(?<under>(?=[^\s_])[^_\n]{1,500}?)(?<!\s)_(?!\w)/;
const STRUCK = /~~(?<struck>(?=[^\s~])[^~\n]{1,500}?)(?<!\s)~~/;
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
