import { SessionError } from './errors.ts';

/** The commands that replace removed ones. */
const SUCCESSORS: Record<string, string> = {
  rename: 'set ID --name NAME',
  tag: 'set ID --tag KEY=VALUE',
  pin: 'set ID --pin',
  unpin: 'set ID --no-pin',
};

/** Rewords the parser's message for an invalid command line. `usages` are the verbs with their positionals. */
export function usageError(said: string, words: readonly string[], usages: readonly string[]): SessionError {
  const argv = fromVerb(words);
  const usage = usages.find((each) => each.split(' ')[0] === argv[0]);
  const help = `See "session ${usage === undefined ? '' : `${argv[0]} `}--help".`;
  const isOptionUnknown =
    usage !== undefined &&
    said.startsWith('Unknown argument') &&
    argv.some((word) => /^-./.test(word) && word !== '--');
  const hint = isOptionUnknown
    ? `${help} A word that begins with a dash and is not an option has to come after "--".`
    : help;
  return new SessionError('USAGE', explain(said.trim(), argv, usage), { hint });
}

/** A command line from its verb on: the options of all commands may come before it. */
function fromVerb(words: readonly string[]): readonly string[] {
  const verb = words.findIndex(
    (word, index) => !word.startsWith('-') && !/^(-o|--output|--color)$/.test(words[index - 1] ?? ''),
  );
  return verb === -1 ? words : words.slice(verb);
}

function explain(said: string, argv: readonly string[], usage: string | undefined): string {
  const [, name, given, choices] = /Argument: (\S+), Given: (.*), Choices: (.*)/.exec(said) ?? [];
  if (name === 'output' && argv[0] === 'export')
    return `--output is the form of the output; to write a file, use --file ${given!.replaceAll('"', '')}.`;
  if (choices !== undefined)
    return `${spell(name!, usage)} takes ${choices.replace(/, ([^,]*)$/, ' or $1')}, not ${given}.`;
  const [, flag] = /Not enough arguments following: (\S+)/.exec(said) ?? [];
  if (flag !== undefined)
    return `${spell(flag, usage)} needs a value (write --flag=VALUE for one that begins with a dash).`;
  if (said.startsWith('Not enough non-option arguments')) return `An argument is missing: session ${usage}.`;
  const [, unknown] = /^Unknown arguments?: (.*)$/s.exec(said) ?? [];
  if (unknown !== undefined && usage !== undefined) return describeUnknown(unknown.split(', '), argv);
  const isVerbUnknown = usage === undefined && argv[0] !== undefined && !argv[0].startsWith('-');
  if (isVerbUnknown && Object.hasOwn(SUCCESSORS, argv[0]!))
    return `There is no command "${argv[0]}"; use: session ${SUCCESSORS[argv[0]!]}.`;
  if (isVerbUnknown)
    return `There is no command "${argv[0]}".${/Did you mean .*/.exec(said)?.[0].replace(/^/, ' ') ?? ''}`;
  return /[.?]$/.test(said) ? said : `${said.replaceAll('\n', ' ')}.`;
}

/** The parser names an option also as it would be called in a program. */
function describeUnknown(names: readonly string[], argv: readonly string[]): string {
  const command = argv[0]!;
  const written = names.filter(
    (name) => !names.some((other) => other.includes('-') && toCamel(other) === name),
  );
  const shown = [...new Set(written)].map((name) =>
    argv.includes(name) ? `"${name}"` : name.length === 1 ? `-${name}` : `--${name}`,
  );
  return `"session ${command}" does not take ${shown.join(', ')}.`;
}

function toCamel(name: string): string {
  return name.replaceAll(/-+(.)/g, (_, letter: string) => letter.toUpperCase());
}

function spell(name: string, usage = ''): string {
  if (usage.includes(`<${name}`) || usage.includes(`[${name}`)) return name;
  return name.length === 1 ? `-${name}` : `--${name}`;
}
