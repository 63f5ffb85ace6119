import { ScriptError } from './verbs/arguments.ts';
import { findVerb } from './verbs/table.ts';
import type { Step } from './verbs/verb.ts';

const ECHOED = /^.{0,200}/su;

/** Whether a text is a script: its first line, except empty lines and lines that start with #, begins with a verb. */
export function isScript(text: string): boolean {
  return findVerb(firstVerb(text)) !== undefined;
}

export function firstVerb(text: string): string {
  return verbOf(countedLines(text)[0]?.text ?? '');
}

/**
 * Parses a message as a script: one verb a line.
 *
 * For a message that is not a script, the steps echo it and explain how to write one. Throws ScriptError for an invalid
 * line.
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
