import type { Io } from '../io.ts';
import { defineCommand } from './define.ts';
import { Invocation } from './invocation.ts';

export const command = defineCommand({
  positionals: {},
  options: {},
  examples: [['CLAUDE_SESSION_ID=1a2b3c4d session mcp', 'serve that session to any MCP client']],
  run: (_args, invocation) => serve(invocation),
});

/** The same without the option parser, which costs a client as much again as the server itself. */
export async function start(_argv: string[], io: Io): Promise<number> {
  const invocation = new Invocation(io);
  await serve(invocation);
  await invocation.close();
  return 0;
}

async function serve(invocation: Invocation): Promise<void> {
  const { runMcpServer } = await import('../mcp/server.ts');
  const { env, cwd, stdin, stdout } = invocation.io;
  await runMcpServer({ env, cwd, stdin, stdout, openStore: () => invocation.store('read') });
}
