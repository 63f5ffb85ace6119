import { renderPrompt, renderUpdate } from '../context/prompt.ts';
import type { AgentContext, PromptPart, PromptParts } from '../model/agent-context.ts';

/** What an agent is told in addition to the message of a turn. */
export interface Briefing {
  /** The system prompt, the same for all turns of an agent conversation. */
  prompt: string;
  /** What has changed since the conversation was last told; null without a change. */
  update: string | null;
  /** What the conversation has been told after this turn. */
  context: AgentContext;
}

/**
 * The parts that reach the agent as context updates. A change of `identity` needs a new prompt, and `history` is only
 * sent at the beginning.
 */
const UPDATED_PARTS = ['project', 'notes', 'attachments', 'study'] as const satisfies PromptPart[];

/**
 * Decides what a turn tells its agent, from what its conversation was told before (null for a new one) and the current
 * state.
 *
 * A changed prompt invalidates the whole prompt cache. So the prompt changes only with the agent's identity: its mode,
 * its permissions, the user's system prompt. Even then its other parts stay, because the updates in the conversation
 * refer to them.
 */
export function briefAgent(known: AgentContext | null, now: PromptParts): Briefing {
  const { prompt: begun, told, model } = known ?? { prompt: now, told: {}, model: null };
  const prompt = { ...begun, identity: now.identity };
  const changed = changedParts({ ...begun, ...told }, now);
  return {
    prompt: renderPrompt(prompt),
    update: Object.keys(changed).length === 0 ? null : renderUpdate(changed),
    context: { prompt, told: { ...told, ...changed }, model },
  };
}

/** Everything that a conversation was told after its prompt, as one update; null when that is nothing. */
export function renderTold({ prompt, told }: AgentContext): string | null {
  const changed = changedParts(prompt, { ...prompt, ...told });
  return Object.keys(changed).length === 0 ? null : renderUpdate(changed);
}

function changedParts(before: PromptParts, now: PromptParts): Partial<PromptParts> {
  return Object.fromEntries(
    UPDATED_PARTS.filter((part) => before[part] !== now[part]).map((part) => [part, now[part]]),
  );
}
