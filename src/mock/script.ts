import { Arguments, ScriptError } from './verbs/arguments.ts';
import { findVerb } from './verbs/table.ts';
import type { Step } from './verbs/verb.ts';

const ECHOED = /^.{0,200}/su;

export interface Script {
  steps: Step[];
  /** Its first verb runs in place of a turn. */
  isWholeTurn: boolean;
}

/**
 * The script a message is: one verb a line, where empty lines and lines that start with # don't count.
 *
 * A message whose first line is no verb is no script; its answer is an echo that says how to write one.
 * Throws ScriptError for a script with a bad line, before any of it is run.
 */
export function parseScript(message: string): Script {
  const lines = message.split('\n').map((text, at) => ({ text: text.trim(), number: at + 1 }));
  const counted = lines.filter(({ text }) => text !== '' && !text.startsWith('#'));
  const first = findVerb(verbOf(counted[0]?.text ?? ''));
  if (first === undefined) return { steps: [(turn) => turn.say(echo(message))], isWholeTurn: false };
  return {
    steps: counted.map(({ text, number }) => parseLine(text, number)),
    isWholeTurn: first.isWholeTurn ?? false,
  };
}

function parseLine(line: string, number: number): Step {
  const name = verbOf(line);
  const verb = findVerb(name);
  if (verb === undefined) {
    throw new ScriptError(
      `Mock agent: line ${number}: there is no verb '${name}'. Send 'help' for the list.`,
    );
  }
  try {
    return verb.parse(new Arguments(line.slice(name.length)));
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const usage = `${name} ${verb.arguments}`.trim();
    throw new ScriptError(`Mock agent: line ${number}: ${error.message}. Usage: ${usage}`);
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
