import { createMcpResponder } from '../mcp/responder.ts';
import type { McpResponder } from '../mcp/responder.ts';
import { openStore } from '../store/open.ts';
import type { Context } from './context.ts';

/** Our MCP server, for the session and study in the environment. The store is open only during calls that need it. */
export function openMcpServer({ place, paths }: Context): McpResponder {
  const { env, cwd } = place;
  return createMcpResponder(() => ({
    sessionId: env['CLAUDE_SESSION_ID'],
    root: env['CLAUDE_SESSION_ROOT'] || cwd,
    study: env['CLAUDE_SESSION_STUDY'] || undefined,
    async withStore(use) {
      const store = await openStore(env, paths, { access: 'read' });
      try {
        return await use(store);
      } finally {
        await store.close();
      }
    },
  }));
}
