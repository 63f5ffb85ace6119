import { COLOURS } from './colour.ts';
import type { Colour } from './colour.ts';

/** The formats of stdout, the same for every command. */
export const FORMATS = ['text', 'json', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

/**
 * The output format, read from the raw words of a command line, so that usage errors have it too.
 *
 * The last flag wins. Words after `--` are data. The parser refuses unknown formats.
 */
export function resolveFormat(argv: readonly string[]): Format {
  const words = withoutData(argv);
  let format: Format = 'text';
  for (const [index, word] of words.entries()) {
    if (word === '--json') format = 'json';
    else if (word === '--ndjson') format = 'ndjson';
    else format = findFormat(outputValue(word, words[index + 1])) ?? format;
  }
  return format;
}

/** The value of `--color`, read from the raw words too. */
export function resolveColour(argv: readonly string[]): Colour {
  const words = withoutData(argv);
  const at = words.findLastIndex((word) => /^--color(=|$)/.test(word));
  const said = words[at] === '--color' ? words[at + 1] : words[at]?.slice('--color='.length);
  return COLOURS.find((colour) => colour === said) ?? 'auto';
}

/** The words before `--`. */
export function withoutData(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** The format with that name. Claude's name for NDJSON is accepted too. */
export function findFormat(name: string | undefined): Format | undefined {
  return name === 'stream-json' ? 'ndjson' : FORMATS.find((format) => format === name);
}

function outputValue(word: string, next: string | undefined): string | undefined {
  if (word === '--output' || word === '-o') return next;
  return /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1];
}
