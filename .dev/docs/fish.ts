import { namesOf } from './grammar.ts';
import type { Grammar, Option, Values, Verb } from './grammar.ts';

/** The completion script for fish. */
export function fishCompletion(grammar: Grammar): string {
  return `# Completions of session for fish: session completion fish > ~/.config/fish/completions/session.fish
# Generated from the declared commands.

# Prints the verb, once there is one, then the words after it that are no options or their values.
function __session_words
    set -l verb
    set -l flag
    set -l is_data
    for word in (commandline -opc)[2..]
        if set -q flag[1]
            set -e flag[1]
        else if not set -q is_data[1]; and test "$word" = --
            set is_data 1
        else if not set -q is_data[1]; and string match -q -- '-?*' $word
            if __session_takes_value "$verb" $word
                set flag $word
            end
        else
            set -q verb[1]; or set verb $word
            echo -- $word
        end
    end
end

function __session_takes_value --argument-names verb flag
    switch "$verb $flag"
        case ${grammar.globals.flatMap((option) => valueCases('*', option)).join(' ')}
            return 0
${grammar.verbs.flatMap(takesValue).join('\n')}
    end
    return 1
end

function __session_needs_verb
    test (count (__session_words)) -eq 0
end

function __session_in --argument-names verb
    set -l words (__session_words)
    test "$words[1]" = $verb
end

# Whether a verb's word at that position, counted from 1, is being typed; or a later one.
function __session_at --argument-names verb position or_later
    set -l words (__session_words)
    test "$words[1]" = $verb; or return 1
    test (count $words) -eq $position; or test "$or_later" = or_later -a (count $words) -gt $position
end

# Asks for what is there right now.
function __session_ask --argument-names kind
    set -l program (commandline -opc)[1]
    type -q -- $program; or set program session
    $program __complete $kind (commandline -ct | string replace -r '^--[^=]*=' '' | string unescape) 2>/dev/null
end

complete -c session -f
${grammar.verbs.map(({ name, about }) => `complete -c session -n __session_needs_verb -a ${name} -d ${quote(about)}`).join('\n')}
${grammar.globals.map((option) => optionLine('', option)).join('\n')}
${grammar.verbs.flatMap(verbLines).join('\n')}
`;
}

function takesValue({ name, options }: Verb): string[] {
  const cases = options.flatMap((option) => valueCases(name, option));
  return cases.length === 0 ? [] : [`        case ${cases.join(' ')}\n            return 0`];
}

function valueCases(verb: string, option: Option): string[] {
  return option.values === undefined ? [] : namesOf(option).map((name) => quote(`${verb} ${name}`));
}

function verbLines({ name, options, positionals }: Verb): string[] {
  return [
    ...options.map((option) => optionLine(` -n '__session_in ${name}'`, option)),
    ...positionals.flatMap(({ values, isRepeated }, index) => {
      const position = `-n '__session_at ${name} ${index + 1}${isRepeated ? ' or_later' : ''}'`;
      const words = candidates(values);
      return words === '' ? [] : [`complete -c session ${position}${words}`];
    }),
  ];
}

function optionLine(condition: string, option: Option): string {
  const short = option.alias === undefined ? '' : ` -s ${option.alias.slice(1)}`;
  const value = option.values === undefined ? '' : ` -r${candidates(option.values)}`;
  return `complete -c session${condition}${short} -l ${option.name.slice(2)}${value} -d ${quote(option.about)}`;
}

function candidates(values: Values): string {
  if (values === 'files') return ' -F';
  if (values === 'directories') return " -a '(__fish_complete_directories)'";
  if (values === 'anything') return '';
  return Array.isArray(values)
    ? ` -a ${quote(values.join(' '))}`
    : ` -k -a '(__session_ask ${(values as { ask: string }).ask})'`;
}

function quote(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
