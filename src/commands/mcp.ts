import { STOP_REASONS } from '../core/stop-request.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { Io } from '../io.ts';
import type { Store } from '../store/store.ts';
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
  try {
    const status = await serve(invocation);
    await invocation.close();
    return status;
  } catch (error) {
    const { renderError } = await import('../output/errors.ts');
    return await renderError(error, invocation);
  }
}

/** A client that wants it gone sends a signal; an orderly end takes no longer, and keeps the cache of compiled code. */
async function serve(invocation: Invocation): Promise<number> {
  const { runMcpServer } = await import('../mcp/server.ts');
  const { readRecording } = await import('../mcp/opening.ts');
  const { io } = invocation;
  const { env, cwd, stdin, stdout } = io;
  let status = 0;
  const off = io.onSignal((signal) => {
    status = EXIT_STATUS[STOP_REASONS[signal].code];
    stdin.destroy();
  });
  try {
    const openStore = (): Promise<Store> => invocation.store('read');
    await runMcpServer({ env, cwd, stdin, stdout, recording: readRecording(), openStore });
    return status;
  } finally {
    off();
  }
}
