import { STOP_REASONS } from '../library/stop-request.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { Io } from '../io.ts';
import { defineCommand } from './define.ts';
import { Invocation } from './invocation.ts';

export const command = defineCommand({
  positionals: {},
  options: {},
  examples: [['CLAUDE_SESSION_ID=1a2b3c4d session mcp', 'serve that session to any MCP client']],
  run: (_args, invocation) => serve(invocation),
});

/** Starts the server without the option parser, which takes as long to load as the server itself. */
export async function start(_argv: string[], io: Io): Promise<number> {
  const invocation = new Invocation(io, []);
  try {
    const status = await serve(invocation);
    await invocation.close();
    return status;
  } catch (error) {
    const { printFailure } = await import('../output/errors.ts');
    return await printFailure(error, invocation);
  }
}

/** Clients end the server by a signal. A normal exit is as fast, and writes the cache of compiled code. */
async function serve(invocation: Invocation): Promise<number> {
  const { openMcpServer } = await import('../library/mcp.ts');
  const { serveStdio } = await import('../mcp/server.ts');
  const { io } = invocation;
  const { stdin, stdout } = io;
  const responder = openMcpServer(invocation);
  let status = 0;
  const off = io.onSignal((signal) => {
    status = EXIT_STATUS[STOP_REASONS[signal].code];
    stdin.destroy();
  });
  try {
    await serveStdio(stdin, stdout, responder);
    return status;
  } finally {
    off();
  }
}
