import { readFileSync } from 'node:fs';
import { namesOf } from './grammar.ts';
import type { Grammar, Option, Values, Verb } from './grammar.ts';

/** The completion script for bash: what the commands take as tables, and the engine of engine.bash that reads them. */
export function bashCompletion(grammar: Grammar): string {
  const verbs = grammar.verbs.map(({ name, about }) => `${name}\t${about}`);
  return [
    '# Completions of session for bash: source <(session completion bash)',
    '# Generated from the declared commands.',
    '',
    '__session_verbs() {',
    print(verbs, '  '),
    '}',
    '',
    '# The options of a verb.',
    '__session_options() {',
    '  case $1 in',
    ...grammar.verbs.flatMap(optionBranch),
    '  esac',
    print(grammar.globals.map(toLine), '  '),
    '}',
    '',
    '# Sets kind to what the value of an option is; fails for an option that takes none.',
    '__session_value() {',
    '  case "$1 $2" in',
    ...valueBranches(grammar),
    '    *) return 1 ;;',
    '  esac',
    '}',
    '',
    '# Sets kind to what the word at a position is.',
    '__session_positional() {',
    '  case "$1 $2" in',
    ...grammar.verbs.flatMap(positionalBranches),
    "    *) kind='' ;;",
    '  esac',
    '}',
    '',
    readFileSync('.dev/docs/engine.bash', 'utf8'),
  ].join('\n');
}

function optionBranch({ name, options }: Verb): string[] {
  return options.length === 0 ? [] : [`    ${name})`, print(options.map(toLine), '      '), '      ;;'];
}

function toLine({ name, about }: Option): string {
  return `${name}\t${about}`;
}

function valueBranches({ verbs, globals }: Grammar): string[] {
  const rows = [
    ...globals.map((option) => ['* ', option] as const),
    ...verbs.flatMap(({ name, options }) =>
      options.map((option) => [`${quote(`${name} `)}`, option] as const),
    ),
  ];
  return rows.flatMap(([verb, option]) =>
    option.values === undefined
      ? []
      : [
          `    ${namesOf(option)
            .map((name) => verb + name)
            .join(' | ')
            .replaceAll('* -', '*\\ -')}) kind=${quote(encode(option.values))} ;;`,
        ],
  );
}

function positionalBranches({ name, positionals }: Verb): string[] {
  return positionals.map(({ values, isRepeated }, index) => {
    const position = isRepeated ? `${quote(`${name} `)}*` : quote(`${name} ${index + 1}`);
    return `    ${position}) kind=${quote(encode(values))} ;;`;
  });
}

/** A kind as the engine reads it: words, or `<ask sessions>`, `<files>`, … */
function encode(values: Values): string {
  if (Array.isArray(values)) return values.join(' ');
  if (typeof values === 'string') return `<${values}>`;
  return `<ask ${(values as { ask: string }).ask}>`;
}

/** Prints lines; a tab between a value and its title is kept by the quotes. */
function print(lines: readonly string[], indent: string): string {
  return [`${indent}printf '%s\\n'`, ...lines.map((line) => `${indent}  ${quote(line)}`)].join(' \\\n');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
