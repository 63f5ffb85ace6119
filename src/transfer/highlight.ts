/**
 * Colours for code, by what nearly all languages share: comments, strings, numbers and the commonest keywords. It knows no
 * language in full and needs to: a wrong colour is harmless, and the text is always whole.
 */
import { escapeHtml } from './escape-html.ts';

const WORDS =
  'abstract and as assert async await begin bool boolean break case catch char class const continue def default del delete do ' +
  'double elif else elsif end enum esac except export extends extern false fi final finally float fn for from func function ' +
  'global go goto if impl implements import in include instanceof int interface is lambda let local long match mod module mut ' +
  'namespace new nil none not null of or override package pass print private protected pub public raise readonly ref return ' +
  'self short signed sizeof static string struct super switch template then this throw trait true try type typedef typename ' +
  'undefined union unless unsigned until use using val var virtual void while with yield ' +
  'select insert update where join group order by create table values set';
const KEYWORDS = new Set(WORDS.split(' '));

/** Languages in which `#` begins a comment, `--` does, and in which nothing of this holds. */
const HASH =
  /^(?:py|python|sh|bash|zsh|fish|shell|console|rb|ruby|perl|pl|r|ya?ml|toml|ini|conf|make|makefile|dockerfile|cmake|nix|julia|jl|elixir|ex)$/;
const DASHES = /^(?:sql|lua|haskell|hs|ada|elm|vhdl)$/;
const PROSE = /^(?:|text|txt|plain|plaintext|md|markdown|log|output|csv)$/;
const LONGEST = 50_000;

/** The code as HTML, with its parts in spans of the classes c (comment), s (string), n (number) and k (keyword). */
export function highlight(code: string, language: string): string {
  const name = language.toLowerCase();
  if (PROSE.test(name) || code.length > LONGEST) return escapeHtml(code);
  if (name === 'diff' || name === 'patch') return highlightDiff(code);
  const comment = HASH.test(name)
    ? '#[^\\n]*'
    : DASHES.test(name)
      ? '--[^\\n]*'
      : '//[^\\n]*|/\\*[^]*?(?:\\*/|(?![^]))|^#[^\\n]*|<!--[^]*?(?:-->|(?![^]))';
  const part = new RegExp(
    `(?<c>${comment})|(?<s>"""[^]*?(?:"""|(?![^]))|"(?:[^"\\\\\\n]|\\\\.){0,999}"|'(?:[^'\\\\\\n]|\\\\.){0,999}'|\`(?:[^\`\\\\]|\\\\.){0,999}\`)|(?<n>\\b\\d[\\w.]*)|(?<w>[A-Za-z_]\\w*)`,
    'gm',
  );
  let html = '';
  let at = 0;
  for (const match of code.matchAll(part)) {
    const kind = kindOf(match.groups ?? {});
    if (kind === undefined) continue;
    html += `${escapeHtml(code.slice(at, match.index))}<span class=${kind}>${escapeHtml(match[0])}</span>`;
    at = match.index + match[0].length;
  }
  return html + escapeHtml(code.slice(at));
}

function kindOf({ c, s, n, w }: Record<string, string | undefined>): string | undefined {
  if (c !== undefined) return 'c';
  if (s !== undefined) return 's';
  if (n !== undefined) return 'n';
  return w !== undefined && KEYWORDS.has(w.toLowerCase()) ? 'k' : undefined;
}

function highlightDiff(code: string): string {
  const kinds: Record<string, string> = { '+': 's', '-': 'd', '@': 'c' };
  return code
    .split('\n')
    .map((line) => {
      const kind = kinds[line.charAt(0)];
      return kind === undefined ? escapeHtml(line) : `<span class=${kind}>${escapeHtml(line)}</span>`;
    })
    .join('\n');
}
