import { renderTold } from '../turns/agent-context.ts';
import { previewBriefing } from '../turns/prepare.ts';
import type { Context } from './context.ts';

/** What the next turn of a session would tell its agent. */
export interface ToldRecord {
  session_id: string;
  system_prompt: string;
  /** What has changed since the agent conversation began. */
  context_update: string | null;
  /** Whether the agent was told that already. */
  is_told: boolean;
}

/** Determines what the next turn of a session would tell its agent. Stores nothing. */
export async function previewContext(context: Context, selector: string): Promise<ToldRecord> {
  const session = await context.select(selector, 'read');
  const services = await context.services(session.root, 'read');
  const briefing = await previewBriefing(services, session);
  return {
    session_id: session.id,
    system_prompt: briefing.prompt,
    context_update: renderTold(briefing.context),
    is_told: briefing.update === null,
  };
}
