import { Marked, Renderer } from 'marked';
import { escapeHtml } from './escape-html.ts';

const SAFE_TARGET = /^(?:https?:\/\/|mailto:)/i;
const SHOWN_LANGUAGE_CHARS = 30;
/** Longer texts are not rendered. Some texts take quadratic time: 50,000 characters take up to two seconds. */
const LONGEST_CHARS = 50_000;

/** Only links to the web and to mail become links. An image becomes a link to it. */
function renderLink(target: string, raw: string, html: string): string {
  if (!SAFE_TARGET.test(target)) return escapeHtml(raw);
  return `<a href="${escapeHtml(target)}" rel="noreferrer noopener">${html}</a>`;
}

const marked = new Marked({
  breaks: true,
  // HTML becomes text. So do link definitions, so that no text is lost.
  tokenizer: { html: () => undefined, tag: () => undefined, def: () => undefined },
  renderer: {
    text(token) {
      const tokens = 'tokens' in token ? token.tokens : undefined;
      return tokens === undefined ? escapeHtml(token.text) : this.parser.parseInline(tokens);
    },
    codespan: ({ text }) => `<code>${escapeHtml(text)}</code>`,
    code({ text, lang = '' }) {
      const label = lang === '' ? '' : ` data-language="${escapeHtml(lang.slice(0, SHOWN_LANGUAGE_CHARS))}"`;
      return `<pre${label}><code>${escapeHtml(text)}</code></pre>\n`;
    },
    // The page's own headings have a higher level than those of a message.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
    },
    link({ href, raw, tokens }) {
      return renderLink(href, raw, this.parser.parseInline(tokens));
    },
    image: ({ href, raw, text }) => renderLink(href, raw, escapeHtml(text)),
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    table(token) {
      return `<div class=wide>${Renderer.prototype.table.call(this, token)}</div>\n`;
    },
  },
});

/**
 * Markdown as safe HTML: HTML in it is escaped. A text that is too long or too deeply nested is shown as plain text.
 */
export function renderMarkdown(text: string): string {
  if (text.length <= LONGEST_CHARS) {
    try {
      return marked.parse(text, { async: false });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return `<div class=plain>${escapeHtml(text)}</div>\n`;
}
