import { renderPrompt, renderUpdate } from '../context/prompt.ts';
import type { AgentContext, PromptPart, PromptParts } from '../model/model.ts';

/** What an agent is told besides the message of a turn. */
export interface Briefing {
  /** The system prompt, the same for all turns of an agent conversation. */
  prompt: string;
  /** What has changed since the conversation was last told; null where nothing has. */
  update: string | null;
  /** What the conversation will have been told then. */
  context: AgentContext;
}

/** Parts that reach the agent as news; a change of `identity` takes a new prompt, and `history` is of the beginning. */
const NEWS = ['project', 'notes', 'attachments', 'study'] as const satisfies PromptPart[];

/**
 * Decides what a turn tells its agent, from what its conversation was told before (null for a new one) and how things are.
 *
 * A prompt that changes costs the whole prompt cache, so it changes only with what the agent is: its mode, its
 * permissions, the user's own system prompt. Even then the rest of it stays: the updates in the conversation go on from that.
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

/** All that a conversation was told beyond its prompt, as one update; null where that is nothing. */
export function renderTold({ prompt, told }: AgentContext): string | null {
  const changed = changedParts(prompt, { ...prompt, ...told });
  return Object.keys(changed).length === 0 ? null : renderUpdate(changed);
}

function changedParts(before: PromptParts, now: PromptParts): Partial<PromptParts> {
  return Object.fromEntries(
    NEWS.filter((part) => before[part] !== now[part]).map((part) => [part, now[part]]),
  );
}
