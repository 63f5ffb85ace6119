import type { Conversation, Failure } from '../agents/agent.ts';
import type { Store } from '../store/store.ts';
import { newUuid } from '../system/random-ids.ts';
import type { Continuity, Message, Session, Turn } from '../model/model.ts';

/** How a turn continues the agent's conversation. */
export interface Route {
  continuity: Continuity;
  conversation: Conversation;
  /** The first turn in the agent's transcript. Earlier ones are replayed. */
  sinceTurn: number;
}

/** Resumes the agent's conversation if it has a transcript, else begins a new one with a replay. */
export async function chooseRoute(store: Store, session: Session, turn: Turn): Promise<Route> {
  if (session.agentSessionId !== null)
    return {
      continuity: 'resume',
      conversation: { kind: 'resume', id: session.agentSessionId },
      sinceTurn: session.agentSinceTurn ?? turn.id,
    };
  if (session.fork !== null) {
    const { agentSessionId: from, sinceTurn } = session.fork;
    return { continuity: 'resume', conversation: { kind: 'fork', from, id: newUuid() }, sinceTurn };
  }
  // Turns that are queued after this one do not belong to the history.
  const before = await store.messages.list({ sessionId: session.id, before: turn.id * 2, limit: 1 });
  return freshRoute(before.length === 0 ? 'new' : 'replay', turn);
}

/** What to try after the agent refused a conversation; undefined when nothing is left. Each way is tried once. */
export function chooseNextRoute(route: Route, refused: Failure['reason'], turn: Turn): Route | undefined {
  const { kind, id } = route.conversation;
  if (refused === 'no_conversation' && kind !== 'new') return freshRoute('replay', turn);
  // An earlier turn failed before the agent confirmed its session.
  if (refused === 'id_in_use' && kind === 'new') return { ...route, conversation: { kind: 'resume', id } };
  return undefined;
}

/** The route for a new conversation that begins with this turn. */
export function freshRoute(continuity: Continuity, turn: Turn): Route {
  return { continuity, conversation: { kind: 'new', id: newUuid() }, sinceTurn: turn.id };
}

/** The newest messages that the agent's transcript lacks, oldest first, and whether earlier ones were left out. */
export async function readReplayed(
  store: Store,
  session: Session,
  sinceTurn: number,
  limit: number,
): Promise<{ messages: Message[]; isCut: boolean } | null> {
  if (limit === 0 || session.messageCount <= 1) return null;
  const messages = await store.messages.list(
    { sessionId: session.id, before: sinceTurn * 2, limit: limit + 1 },
    { toolCalls: true },
  );
  if (messages.length === 0) return null;
  return { messages: messages.slice(-limit), isCut: messages.length > limit };
}
