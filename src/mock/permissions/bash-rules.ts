/** Commands claude runs unasked, as long as they only read. */
const HARMLESS = new Set(
  'basename cat cd cut date dirname echo env false find grep head id ls printf pwd sleep sort stat tail tr true uname uniq wc which whoami'.split(
    ' ',
  ),
);

/**
 * Whether rules such as `python3:*` or `git status` cover a shell command.
 *
 * Every part of a compound command must be covered by itself, and nothing covers a redirection into a file
 * or a command substitution: `python3 x.py; touch y` is not allowed by `python3:*`.
 */
export function isCommandAllowed(command: string, rules: readonly string[]): boolean {
  const parts = splitCommand(command);
  return (
    parts !== undefined && parts.every((part) => isHarmless(part) || rules.some((rule) => covers(rule, part)))
  );
}

/** Whether one of the rules covers a part of the command. */
export function isCommandTouched(command: string, rules: readonly string[]): boolean {
  const parts = splitCommand(command) ?? [command];
  return parts.some((part) => rules.some((rule) => covers(rule, part)));
}

function covers(rule: string, command: string): boolean {
  if (!rule.endsWith(':*')) return rule === '*' || rule === command;
  const prefix = rule.slice(0, -2);
  return command === prefix || command.startsWith(`${prefix} `);
}

function isHarmless(command: string): boolean {
  return HARMLESS.has(command.split(/\s/, 1)[0]!) && !/\s-(?:exec|delete|ok)/.test(command);
}

/** The simple commands of a compound one; undefined when it redirects into a file or substitutes a command. */
function splitCommand(command: string): string[] | undefined {
  const parts: string[] = [];
  let part = '';
  let quote = '';
  const text = command.replaceAll(/\d?>\s*(?:&\d|\/dev\/null)/g, '');
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === '\\' && quote !== "'") {
      part += character + (text[(at += 1)] ?? '');
      continue;
    }
    const isSubstitution = character === '`' || (character === '$' && text[at + 1] === '(');
    if (isSubstitution && quote !== "'") return undefined;
    if (quote !== '') {
      if (character === quote) quote = '';
      part += character;
    } else if (character === '>') {
      return undefined;
    } else if (';|&\n'.includes(character)) {
      parts.push(part);
      part = '';
    } else {
      if (character === '"' || character === "'") quote = character;
      part += character;
    }
  }
  parts.push(part);
  return parts.map((each) => each.trim()).filter((each) => each !== '');
}
