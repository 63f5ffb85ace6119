import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../../src/transfer/escape-html.ts';
import { highlight } from '../../../src/transfer/highlight.ts';
import { renderMarkdown } from '../../../src/transfer/markdown-html.ts';
import { Random } from '../../support/random.ts';

/** The text that a reader of the HTML sees. */
function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

describe('Markdown', () => {
  it.each([
    ['a\nb\n\nc', '<p>a<br>\nb</p>\n<p>c</p>\n'],
    ['# One\n## Two ##\n###### Six', '<h3>One</h3>\n<h4>Two</h4>\n<h6>Six</h6>\n'],
    [
      '**a** *b* _c_ `d` ~~e~~',
      '<p><strong>a</strong> <em>b</em> <em>c</em> <code>d</code> <del>e</del></p>\n',
    ],
    ['snake_case_name 2*3*4 a ** b', '<p>snake_case_name 2*3*4 a ** b</p>\n'],
    ['``a `tick` b``', '<p><code>a `tick` b</code></p>\n'],
    [
      '[x](https://a.b/c?d=1&e) https://f.g/h.',
      '<p><a href="https://a.b/c?d=1&amp;e" rel="noreferrer noopener">x</a> <a href="https://f.g/h" rel="noreferrer noopener">https://f.g/h</a>.</p>\n',
    ],
    ['- a\n- b\n  - c\n- d', '<ul>\n<li>a</li>\n<li>b\n<ul>\n<li>c</li>\n</ul></li>\n<li>d</li>\n</ul>\n'],
    ['3. a\n4. b', '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'],
    ['> a\n> > b', '<blockquote><p>a</p>\n<blockquote><p>b</p>\n</blockquote>\n</blockquote>\n'],
    ['---\n***', '<hr>\n<hr>\n'],
    [
      '| a | b |\n|---|:-:|\n| 1 \\| 2 | 3 |',
      '<div class=wide><table>\n<thead><tr><th>a</th><th>b</th></tr>\n</thead>\n<tbody><tr><td>1 | 2</td><td>3</td></tr>\n</tbody></table></div>\n',
    ],
    [
      '```py\nx = 1\n```\nafter',
      '<pre data-language="py"><code>x = <span class=n>1</span></code></pre>\n<p>after</p>\n',
    ],
    ['```\nno end', '<pre><code>no end</code></pre>\n'],
    ['````\n```\n````', '<pre><code>```</code></pre>\n'],
  ])('%j', (markdown, html) => {
    expect(renderMarkdown(markdown).replaceAll('\n</li>', '</li>')).toBe(html);
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1)) [y](data:text/html,<script>) [z](vbscript:x)',
    '[x](https://a.b/"onmouseover="alert(1))',
    '`<b>` **<b>** *<b>* ~~<b>~~ # <b>',
    '# <b>\n> <b>\n- <b>\n1. <b>\n\n|<b>|\n|-|\n|<b>|\n\n```<b>"x\n</code><script>\n```',
    'https://a.b/"><script>alert(1)</script>',
  ])('%j does nothing', (hostile) => {
    const html = renderMarkdown(hostile);
    const tags = [...html.matchAll(/<(\/?\w+)([^>]*)>/g)].map(
      ([, tag, rest]) => `${tag!.replace('/', '')}${rest}`,
    );
    const allowed =
      /^(p|br|hr|strong|em|del|code|pre( data-language="[^"<>]*")?|span class=[csnkd]|a href="https:\/\/[^"<>\s]*" rel="noreferrer noopener"|a|h[3-6]|blockquote|[uo]l|li|div class=wide|div|table|thead|tbody|tr|t[hd])$/;
    for (const tag of tags) expect(tag).toMatch(allowed);
  });

  it('loses no word, whatever the text', () => {
    const random = new Random(7);
    const parts = [
      'a',
      ' ',
      '\n',
      '\n\n',
      '*',
      '**',
      '_',
      '`',
      '```\n',
      '# ',
      '- ',
      '  - ',
      '1. ',
      '> ',
      '|',
      '|-|\n',
      '[',
      '](',
      ')',
      '<',
      '&',
      'w2',
      'é🦊',
    ];
    for (let round = 0; round < 400; round++) {
      const text = Array.from({ length: 60 }, () => random.pick(parts)).join('');
      const words = (all: string): string[] => all.match(/w2|é🦊/g) ?? [];
      const html = renderMarkdown(text);
      // A fence's language is shown by its style.
      const languages = [...html.matchAll(/data-language="([^"]*)"/g)].map(([, name]) => name).join(' ');
      expect(words(languages + textOf(html)).toSorted(), JSON.stringify(text)).toEqual(
        words(text).toSorted(),
      );
    }
  });
});

describe('highlighting', () => {
  it.each([
    ['def f(x): # no\n  return "a#b" + 1', 'python', ['k:def', 'c:# no', 'k:return', 's:"a#b"', 'n:1']],
    [
      'const a = `x\ny`; // why\n/* no */ return 0x1F',
      'ts',
      ['k:const', 's:`x\ny`', 'c:// why', 'c:/* no */', 'k:return', 'n:0x1F'],
    ],
    ["SELECT 'it''s' -- all", 'sql', ['k:SELECT', "s:'it'", "s:'s'", 'c:-- all']],
    ['+new\n-old\n same', 'diff', ['s:+new', 'd:-old']],
    ['return "text"', 'text', []],
  ])('%j as %s', (code, language, parts) => {
    const html = highlight(code, language);
    const found = [...html.matchAll(/<span class=(\w)>([^<]*)<\/span>/g)].map(
      ([, kind, text]) => `${kind}:${textOf(text!)}`,
    );
    expect(found).toEqual(parts);
    expect(textOf(html)).toBe(code);
  });
});

it('escapes what HTML and a reader’s eye would act on', () => {
  expect(escapeHtml(`<a href="x">&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;');
  expect(escapeHtml('a\u202Eb\u0000c\u2066d\te\n')).toBe('a\uFFFDb\uFFFDc\uFFFDd\te\n');
});
