import { namesOf } from './grammar.ts';
import type { Grammar, Option, Positional, Values, Verb } from './grammar.ts';

/** The completion function for zsh. */
export function zshCompletion(grammar: Grammar): string {
  return `#compdef session
# Completions of session for zsh: source <(session completion zsh), below compinit; or this file on $fpath.
# Generated from the declared commands.

_session() {
  local context state state_descr line program=$words[1]
  typeset -A opt_args
  local -a globals=(
${grammar.globals
  .flatMap(optionSpecs)
  .map((spec) => `    ${quote(spec)}`)
  .join('\n')}
  )
  _arguments -C $globals '1:command:__session_verbs' '*::argument:->verb'
  [[ $state == verb ]] || return
  case $words[1] in
${grammar.verbs.map(verbBranch).join('\n')}
  esac
}

__session_verbs() {
  local -a verbs=(
${grammar.verbs.map(({ name, about }) => `    ${quote(`${name}:${about}`)}`).join('\n')}
  )
  _describe -t commands command verbs
}

# Asks for what is there right now; in its order, which is the newest first.
__session_ask() {
  local value title
  local -a found
  while IFS=$'\\t' read -r value title; do
    found+=("\${value//:/\\\\:}:$title")
  done < <(\${(Q)~program} __complete $1 "\${(Q)PREFIX}" 2>/dev/null)
  _describe -V -t $1 $1 found
}

if [[ \${funcstack[1]-} == _session ]]; then
  _session "$@"
else
  compdef _session session
fi
`;
}

function verbBranch({ name, options, positionals }: Verb): string {
  const all = [...options.flatMap(optionSpecs), ...positionals.map(positionalSpec)];
  const lines = ['      _arguments $globals', ...all.map((spec) => `        ${quote(spec)}`)];
  return `    ${name})\n${lines.join(' \\\n')}\n      ;;`;
}

/** A spec for each of an option's names; unless it may be repeated, one rules the other out. */
function optionSpecs(option: Option): string[] {
  const names = namesOf(option);
  return names.map((name) => {
    const others = option.isRepeated ? '*' : names.length > 1 ? `(${names.join(' ')})` : '';
    const about = `[${option.about.replaceAll(/[[\]\\]/g, String.raw`\$&`)}]`;
    if (option.values === undefined) return `${others}${name}${about}`;
    const joined = name.startsWith('--') ? '=' : '';
    return `${others}${name}${joined}${about}:${option.name.slice(2)}:${action(option.values)}`;
  });
}

function positionalSpec({ name, values, isRepeated }: Positional, index: number): string {
  // A message of zsh's about the word would keep a flag from being completed there.
  const words = values === 'anything' ? '{:}' : action(values);
  return `${isRepeated ? '*' : index + 1}:${name}:${words}`;
}

function action(values: Values): string {
  if (values === 'files') return '_files';
  if (values === 'directories') return '_directories';
  if (values === 'anything') return ' ';
  return Array.isArray(values)
    ? `(${values.join(' ')})`
    : `{__session_ask ${(values as { ask: string }).ask}}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
