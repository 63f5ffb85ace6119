import { ScriptError } from './verbs/arguments.ts';
import { findVerb } from './verbs/table.ts';
import type { Step } from './verbs/verb.ts';

const ECHOED = /^.{0,200}/su;

/** Whether a text is a script: its first line begins with a verb. Empty lines and lines that start with # don't count. */
export function isScript(text: string): boolean {
  return findVerb(firstVerb(text)) !== undefined;
}

export function firstVerb(text: string): string {
  return verbOf(countedLines(text)[0]?.text ?? '');
}

/**
 * The script a message is: one verb a line.
 *
 * A message that is no script is answered by an echo that says how to write one.
 * Throws ScriptError for a script with a bad line, before any of it is run.
 */
export function parseScript(message: string): Step[] {
  if (!isScript(message)) return [(turn) => turn.say(echo(message))];
  return countedLines(message).map(({ text, number }) => parseLine(text, number));
}

function countedLines(text: string): { text: string; number: number }[] {
  return text
    .split('\n')
    .map((line, at) => ({ text: line.trim(), number: at + 1 }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'));
}

function parseLine(line: string, number: number): Step {
  const name = verbOf(line);
  const verb = findVerb(name);
  if (verb === undefined)
    throw new ScriptError(`line ${number}: there is no verb '${name}'. Send 'help' for the list.`);
  try {
    return verb.parse(line.slice(name.length));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    throw new ScriptError(`line ${number}: ${error.message}. Usage: ${`${name} ${verb.arguments}`.trim()}`);
  }
}

function verbOf(line: string): string {
  return line.split(/\s/, 1)[0] ?? '';
}

function echo(message: string): string {
  const text = message.trim();
  const shown = ECHOED.exec(text)?.[0] ?? '';
  const cut = shown.length < text.length ? '…' : '';
  return `This is the mock agent: offline, and it does what it is told. You said: “${shown}${cut}” Send “help” for what it understands, such as “say hello”.`;
}
