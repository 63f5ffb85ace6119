import { ANSWER_VERBS } from './answers.ts';
import { ENDING_VERBS } from './endings.ts';
import { TOOL_VERBS } from './tools.ts';
import type { Verb } from './verb.ts';

const HELP: Verb = {
  arguments: '',
  does: 'says this list.',
  parse: () => (turn) => turn.say(describeVerbs()),
};

/** The script language: every verb, how it is written, and what it does. */
export const MOCK_VERBS: Readonly<Record<string, Verb>> = {
  ...ANSWER_VERBS,
  ...TOOL_VERBS,
  ...ENDING_VERBS,
  help: HELP,
};

export function findVerb(name: string): Verb | undefined {
  return Object.hasOwn(MOCK_VERBS, name) ? MOCK_VERBS[name] : undefined;
}

function describeVerbs(): string {
  const lines = Object.entries(MOCK_VERBS).map(
    ([name, verb]) => `${`${name} ${verb.arguments}`.trim()}: ${verb.does}`,
  );
  return ['The mock agent does what the message says, one of these a line:', ...lines].join('\n');
}
