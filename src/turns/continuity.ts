import type { Conversation, Failure } from '../agents/agent.ts';
import type { Store } from '../store/store.ts';
import { newUuid } from '../system/random-ids.ts';
import type { Continuity, Message, Session, Turn } from '../model/model.ts';

/** How a turn reaches the agent's side of the conversation. */
export interface Route {
  continuity: Continuity;
  conversation: Conversation;
  /** The first turn the agent's own transcript holds; what came before reaches it by replay. */
  sinceTurn: number;
}

/** The agent's own resume where it has a transcript, else a fresh one that is told what came before. */
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
  // Turns that wait behind this one are no history.
  const before = await store.messages.list({ sessionId: session.id, before: turn.id * 2, limit: 1 });
  return freshRoute(before.length === 0 ? 'new' : 'replay', turn);
}

/** What to try after an agent refused a conversation; undefined when there is no other way. Each way is tried once. */
export function chooseNextRoute(route: Route, refused: Failure['reason'], turn: Turn): Route | undefined {
  const { kind, id } = route.conversation;
  if (refused === 'no_conversation' && kind !== 'new') return freshRoute('replay', turn);
  // An earlier turn failed so early that we never heard the agent confirm its session.
  if (refused === 'id_in_use' && kind === 'new') return { ...route, conversation: { kind: 'resume', id } };
  return undefined;
}

/** A conversation that begins with this turn. */
export function freshRoute(continuity: Continuity, turn: Turn): Route {
  return { continuity, conversation: { kind: 'new', id: newUuid() }, sinceTurn: turn.id };
}

/** The newest messages that the agent's transcript lacks, oldest first, and whether there are more before them. */
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
