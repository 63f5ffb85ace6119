import { ANSWER_VERBS } from './answers.ts';
import { ENDING_VERBS } from './endings.ts';
import { TOOL_VERBS } from './tools.ts';
import { verb } from './verb.ts';
import type { Verb } from './verb.ts';

/** The script language: every verb, its syntax, and what it does. */
export const MOCK_VERBS: Readonly<Record<string, Verb>> = {
  ...ANSWER_VERBS,
  ...TOOL_VERBS,
  ...ENDING_VERBS,
  help: verb([], 'says this list.', (turn) => turn.say(describeVerbs())),
};

export function findVerb(name: string): Verb | undefined {
  return Object.hasOwn(MOCK_VERBS, name) ? MOCK_VERBS[name] : undefined;
}

function describeVerbs(): string {
  const lines = Object.entries(MOCK_VERBS).map(
    ([name, each]) => `${`${name} ${each.arguments}`.trim()}: ${each.does}`,
  );
  return ['The mock agent does what the message says, one of these a line:', ...lines].join('\n');
}
