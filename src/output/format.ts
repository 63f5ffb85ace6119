import { COLOURS } from './colour.ts';
import type { Colour } from './colour.ts';

/** The forms of stdout, the same for every command. */
export const FORMATS = ['text', 'json', 'ndjson'] as const;

export type Format = (typeof FORMATS)[number];

/**
 * The form of the output, read off the raw words of a command line, so that even a usage error comes in it.
 *
 * The last flag wins. Words after `--` are data. What is no known form is left for the parser to refuse.
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

/** What `--color` says, read off the raw words too. */
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

/** The form of that name; claude's own name for NDJSON counts too. */
export function findFormat(name: string | undefined): Format | undefined {
  return name === 'stream-json' ? 'ndjson' : FORMATS.find((format) => format === name);
}

function outputValue(word: string, next: string | undefined): string | undefined {
  if (word === '--output' || word === '-o') return next;
  return /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1];
}
