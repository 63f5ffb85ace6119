import type { Io } from '../io.ts';
import { oneLine } from '../text/safe-text.ts';
import { findValues } from './completion-values.ts';
import type { Command, GivenWords, OptionTable, PositionalTable } from './define.ts';

/** The grammar of the command line: every verb as `name <positional> [positional..]`, and the options of all verbs. */
export interface Grammar {
  verbs: readonly [
    usage: string,
    about: string,
    load: () => Promise<{ command: Pick<Command, 'positionals' | 'options'> }>,
  ][];
  globals: OptionTable;
}

export interface Candidate {
  value: string;
  about: string;
}

/** The candidates at the cursor. `paths` says which kind of paths the shell completes itself. */
export interface Completion {
  candidates: Candidate[];
  paths: 'files' | 'directories' | 'nothing';
}

const NOTHING: Completion = { candidates: [], paths: 'nothing' };

/**
 * Completes the last of the words after `session`, which may be empty. The words are without the shell's quotes. A
 * candidate replaces the whole word, also when that is `--option=value`.
 */
export async function complete(words: readonly string[], grammar: Grammar, io: Io): Promise<Completion> {
  const typed = words.at(-1) ?? '';
  const line = await readLine(words.slice(0, -1), grammar);
  const { options, verb, given } = line;
  const valuesOf = async (declared: Declared, text: string, lead = ''): Promise<Completion> => {
    const found = declared === undefined ? NOTHING : await findValues(declared, text, given, io);
    return { ...found, candidates: fitting(found.candidates, text, lead) };
  };

  if (line.awaited !== undefined) return await valuesOf(options[line.awaited], typed);
  if (!line.isData && typed.startsWith('-')) {
    const [, lead, text] = /^(--?[^=]+=)(.*)$/s.exec(typed) ?? [];
    if (lead === undefined) return listOptions(line, typed);
    const option = options[findOption(lead.slice(0, -1), options) ?? ''];
    return await valuesOf(takesValue(option) ? option : undefined, text!, lead);
  }
  if (verb === undefined) return line.isData ? NOTHING : listVerbs(grammar, typed);
  const slot = verb.slots[line.position] ?? verb.slots.find(({ isRepeated }) => isRepeated);
  if (slot !== undefined) return await valuesOf(verb.positionals[slot.name], typed);
  return line.isData || typed !== '' ? NOTHING : listOptions(line, typed);
}

type Declared = PositionalTable[string] | OptionTable[string] | undefined;

interface Line {
  options: OptionTable;
  verb: { slots: { name: string; isRepeated: boolean }[]; positionals: PositionalTable } | undefined;
  given: GivenWords;
  /** The number of positionals before the cursor. */
  position: number;
  /** The option whose value is expected. */
  awaited: string | undefined;
  /** Whether a `--` came before, so that the rest is data. */
  isData: boolean;
}

/** Parses the words before the cursor. Loads the declaration of the verb. */
async function readLine(words: readonly string[], { verbs, globals }: Grammar): Promise<Line> {
  let [options, verb, awaited]: [OptionTable, Line['verb'], string | undefined] = [
    globals,
    undefined,
    undefined,
  ];
  let [position, isData] = [0, false];
  const given: Record<string, string> = {};
  for (const word of words) {
    if (awaited !== undefined) {
      given[awaited] = word;
      awaited = undefined;
    } else if (word === '--' && !isData) {
      isData = true;
      // The rest belongs to the positional that takes several words.
      position = Infinity;
    } else if (!isData && /^-./.test(word)) {
      const [name = '', value] = word.split(/=(.*)/s);
      const option = findOption(name, options);
      if (option === undefined) continue;
      given[option] = value ?? '';
      if (value === undefined && takesValue(options[option])) awaited = option;
    } else if (verb === undefined) {
      const [usage, , load] = verbs.find(([each]) => each.split(' ')[0] === word) ?? [];
      // Nothing can follow an unknown verb.
      if (load === undefined) return { options: {}, verb, given, position, awaited, isData: true };
      const { command } = await load();
      options = { ...command.options, ...globals };
      verb = { slots: readSlots(usage!), positionals: command.positionals };
    } else {
      const name = verb.slots[position]?.name;
      if (name !== undefined) given[name] = word;
      position++;
    }
  }
  return { options, verb, given, position, awaited, isData };
}

function readSlots(usage: string): { name: string; isRepeated: boolean }[] {
  return usage
    .split(' ')
    .slice(1)
    .map((word) => ({ name: word.replaceAll(/[<[\].>]/g, ''), isRepeated: word.includes('..') }));
}

function findOption(written: string, options: OptionTable): string | undefined {
  if (written.startsWith('--'))
    return Object.hasOwn(options, written.slice(2)) ? written.slice(2) : undefined;
  return Object.keys(options).find((name) => [options[name]!.alias].flat().includes(written.slice(1)));
}

function takesValue(option: OptionTable[string] | undefined): boolean {
  return option !== undefined && option.type !== 'boolean';
}

/** The options that can still be given. */
function listOptions({ options, given }: Line, typed: string): Completion {
  const left = Object.entries(options).filter(
    ([name, { hidden, array }]) => hidden !== true && (array === true || !Object.hasOwn(given, name)),
  );
  const candidates = left.map(([name, { describe }]) => ({ value: `--${name}`, about: describe ?? '' }));
  return { candidates: fitting(candidates, typed), paths: 'nothing' };
}

function listVerbs({ verbs }: Grammar, typed: string): Completion {
  const candidates = verbs.map(([usage, about]) => ({ value: usage.split(' ')[0]!, about }));
  return { candidates: fitting(candidates, typed), paths: 'nothing' };
}

/** The candidates that begin with the typed text. One that can't be on a line is never offered. */
function fitting(candidates: readonly Candidate[], typed: string, lead = ''): Candidate[] {
  return candidates
    .filter(({ value }) => value.startsWith(typed) && value === oneLine(value))
    .map(({ value, about }) => ({ value: lead + value, about: oneLine(about) }));
}
