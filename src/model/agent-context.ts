/** The parts of a system prompt, in order. A part may be empty. */
export const PROMPT_PARTS = ['identity', 'project', 'notes', 'attachments', 'study', 'history'] as const;
export type PromptPart = (typeof PROMPT_PARTS)[number];
export type PromptParts = Record<PromptPart, string>;

/** What an agent conversation was told in addition to the messages. */
export interface AgentContext {
  /** Its system prompt, which does not change during the conversation. */
  prompt: PromptParts;
  /** Parts that have changed since, as last sent in a context update. */
  told: Partial<PromptParts>;
  /** The model that answered first, as the agent names it; null when it was chosen by name. */
  model: string | null;
}
