import type { McpResponder } from '../mcp/responder.ts';
import type { Session } from '../model/model.ts';
import type { Services } from './services.ts';

/** Our MCP server for an agent whose stdin this process holds. It is loaded at the agent's first request. */
export function createInBandServer({ store }: Services, session: Session): McpResponder {
  const context = {
    sessionId: session.id,
    root: session.root,
    study: session.study ?? undefined,
    withStore: <T>(use: (lent: typeof store) => Promise<T>) => use(store),
  };
  let responder: McpResponder | undefined;
  return {
    async answer(message) {
      const { createMcpResponder } = await import('../mcp/responder.ts');
      responder ??= createMcpResponder(() => context);
      return await responder.answer(message);
    },
  };
}
