import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../../src/transfer/escape-html.ts';
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
    ['a\nb\n\nc', '<p>a<br>b</p><p>c</p>'],
    ['# One\n## Two ##\n###### Six', '<h3>One</h3><h4>Two</h4><h6>Six</h6>'],
    ['**a** *b* _c_ ~~e~~', '<p><strong>a</strong> <em>b</em> <em>c</em> <del>e</del></p>'],
    ['snake_case_name a ** b', '<p>snake_case_name a ** b</p>'],
    ['``a `tick` b`` `&lt;`', '<p><code>a `tick` b</code> <code>&amp;lt;</code></p>'],
    [
      '[x](https://a.b/c?d=1&e) https://f.g/h.',
      '<p><a href="https://a.b/c?d=1&amp;e" rel="noreferrer noopener">x</a> <a href="https://f.g/h" rel="noreferrer noopener">https://f.g/h</a>.</p>',
    ],
    ['![x](https://a.b/c.png)', '<p><a href="https://a.b/c.png" rel="noreferrer noopener">x</a></p>'],
    [
      '[a]: https://b.c "d"\n\n[a]',
      '<p>[a]: <a href="https://b.c" rel="noreferrer noopener">https://b.c</a> &quot;d&quot;</p><p>[a]</p>',
    ],
    ['- a\n- b\n  - c\n- d', '<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>'],
    ['- [ ] a\n- [x] b', '<ul><li>☐ a</li><li>☑ b</li></ul>'],
    ['3. a\n4. b', '<ol start="3"><li>a</li><li>b</li></ol>'],
    ['> a\n> > b', '<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote>'],
    ['---\n***', '<hr><hr>'],
    [
      '| a | b |\n|---|:-:|\n| 1 \\| 2 | 3 |',
      '<div class=wide><table><thead><tr><th>a</th><th align="center">b</th></tr></thead><tbody><tr><td>1 | 2</td><td align="center">3</td></tr></tbody></table></div>',
    ],
    [
      '```py\nx = "<1>"\n```\nafter',
      '<pre data-language="py"><code>x = &quot;&lt;1&gt;&quot;</code></pre><p>after</p>',
    ],
    ['```\nno end', '<pre><code>no end</code></pre>'],
    ['````\n```\n````', '<pre><code>```</code></pre>'],
    ['&#x202e; \u202E', '<p>\uFFFD \uFFFD</p>'],
  ])('%j', (markdown, html) => {
    expect(renderMarkdown(markdown).replaceAll(/\n(?=<|$)/g, '')).toBe(html);
  });

  it.each(['_a_'.repeat(20_000), '>'.repeat(49_000)])(
    'is shown as it was written where it takes long',
    (text) => {
      const html = renderMarkdown(text);
      expect(html).toMatch(/^<div class=plain>/);
      expect(textOf(html).trim()).toBe(text);
    },
  );

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1)) [y](data:text/html,<script>) [z](vbscript:x)',
    '[x](https://a.b/"onmouseover="alert(1))',
    '`<b>` **<b>** *<b>* ~~<b>~~ # <b>',
    '# <b>\n> <b>\n- <b>\n1. <b>\n\n|<b>|\n|-|\n|<b>|\n\n```<b>"x\n</code><script>\n```',
    'https://a.b/"><script>alert(1)</script>',
    '<pre>\n<script>alert(1)</script>\n</pre>',
    '<!-- --><b>x</b> <code><i>',
    '![x](javascript:alert(1)) !["onerror="alert(1)](https://a.b "" onload=x")',
    '<javascript:alert(1)> <https://a.b/"onclick=x>',
    '```"><script>\nx\n```',
    '| a |\n|-|\n| <script> |',
    '[x]: javascript:alert(1)\n\n[x] [y][x]',
  ])('%j does nothing', (hostile) => {
    const html = renderMarkdown(hostile);
    const tags = [...html.matchAll(/<(\/?\w+)([^>]*)>/g)].map(
      ([, tag, rest]) => `${tag!.replace('/', '')}${rest}`,
    );
    const allowed =
      /^(p|br|hr|strong|em|del|code|pre( data-language="[^"<>]*")?|a href="https:\/\/[^"<>\s]*" rel="noreferrer noopener"|a|h[3-6]|blockquote|[uo]l|li|div class=wide|div|table|thead|tbody|tr|t[hd]( align="\w+")?)$/;
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
      // Words behind the language of a fence are not shown.
      const languages = [...html.matchAll(/data-language="([^"]*)"/g)].map(([, name]) => name).join(' ');
      expect(words(languages + textOf(html)).toSorted(), JSON.stringify(text)).toEqual(
        words(text).toSorted(),
      );
    }
  });
});

it('escapes what HTML and a reader’s eye would act on', () => {
  expect(escapeHtml(`<a href="x">&'</a>`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;');
  expect(escapeHtml('a\u202Eb\u0000c\u2066d\te\n')).toBe('a\uFFFDb\uFFFDc\uFFFDd\te\n');
});
