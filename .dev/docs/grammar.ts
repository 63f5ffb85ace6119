import type { Options, PositionalOptions } from 'yargs';
import { GLOBAL_OPTIONS, VERBS } from '../../src/cli.ts';
import { SETTING_KEYS } from '../../src/settings/keys.ts';

/** The command line as the commands declare it. */
export interface Grammar {
  verbs: Verb[];
  /** Options that every command takes. */
  globals: Option[];
}

export interface Verb {
  name: string;
  about: string;
  positionals: Positional[];
  options: Option[];
}

export interface Positional {
  name: string;
  values: Values;
  isRepeated: boolean;
}

export interface Option {
  /** With its dashes, as are aliases. */
  name: string;
  alias: string | undefined;
  about: string;
  /** Undefined for one that takes no value. */
  values: Values | undefined;
  isRepeated: boolean;
}

/** What a word may be: one of these, one that `session __complete <kind>` knows, a path, or anything. */
export type Values = readonly string[] | { ask: string } | 'files' | 'directories' | 'anything';

/** What the value of an option or a positional is, by its name, which means the same in every command. */
const VALUES: Record<string, Values> = {
  session: { ask: 'sessions' },
  study: { ask: 'studies' },
  key: SETTING_KEYS,
  root: 'directories',
  file: 'files',
  record: 'files',
  out: 'files',
  context: 'files',
  'mcp-config': 'files',
};

/** Where a session may be something else than one that is there. */
const SESSIONS: Record<string, Values> = { send: { ask: 'recipients' }, restore: { ask: 'trash' } };

export async function readGrammar(): Promise<Grammar> {
  const help = { name: 'help', alias: 'h', describe: 'Show help', type: 'boolean' } as const;
  const globals = [...Object.entries<Options>(GLOBAL_OPTIONS), [help.name, help] as const].map(toOption);
  const verbs = await Promise.all(
    VERBS.map(async ([usage, about, load]): Promise<Verb> => {
      const { command } = await load();
      const [name = '', ...words] = usage.split(' ');
      return {
        name,
        about,
        positionals: words.map((word) => toPositional(name, word, command.positionals)),
        options: Object.entries<Options>(command.options)
          .filter(([, option]) => option.hidden !== true)
          .map(toOption),
      };
    }),
  );
  return { verbs, globals };
}

function toPositional(verb: string, word: string, declared: Record<string, PositionalOptions>): Positional {
  const name = word.replaceAll(/[<[\].>]/g, '');
  const choices = declared[name]?.choices as readonly string[] | undefined;
  const special = name === 'session' ? SESSIONS[verb] : undefined;
  return { name, values: choices ?? special ?? VALUES[name] ?? 'anything', isRepeated: word.includes('..') };
}

function toOption([name, option]: readonly [string, Options]): Option {
  return {
    name: `--${name}`,
    alias: typeof option.alias === 'string' ? `-${option.alias}` : undefined,
    about: option.describe ?? '',
    values:
      option.type === 'boolean'
        ? undefined
        : ((option.choices as readonly string[] | undefined) ?? VALUES[name] ?? 'anything'),
    isRepeated: option.array === true,
  };
}

/** Both names of an option. */
export function namesOf({ name, alias }: Option): string[] {
  return alias === undefined ? [name] : [name, alias];
}
