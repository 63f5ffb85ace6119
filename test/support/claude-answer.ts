import { openAnswer, readAnswer } from '../../src/agents/answer/answer-source.ts';
import type { LoggedAnswer } from '../../src/agents/answer/answer-source.ts';
import type { AnswerOptions, AnswerOutcome } from '../../src/agents/answer/answer.ts';
import { claude } from '../../src/agents/claude/agent.ts';

type Options = Omit<AnswerOptions, 'agent' | 'readText'>;

/** Reads an answer of claude from its log. */
export function readClaude(
  path: string,
  range: { start: number; end?: number | undefined },
  options: Options = {},
): LoggedAnswer {
  return readAnswer(path, range as { start: number }, { agent: claude, ...options });
}

/** Opens an answer of claude whose log was already followed. */
export function openClaude(
  path: string,
  range: { start: number; end: number },
  outcome: AnswerOutcome,
  options: Options = {},
): LoggedAnswer {
  return openAnswer(path, range, outcome, { agent: claude, ...options });
}
