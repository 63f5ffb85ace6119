import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { CallToolResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { SessionError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import type { HistoryReader } from './history-reader.ts';
import type { Tool } from './tool.ts';

export interface McpServerOptions {
  /** `CLAUDE_SESSION_ID` names the session, `CLAUDE_SESSION_ROOT` and `_STUDY` its root and study. */
  env: Record<string, string | undefined>;
  /** The root where the environment names none. */
  cwd: string;
  stdin: Readable;
  stdout: Writable;
  /** Called at the first tool call that needs it: a client waits for us to start, not for the store. */
  openStore(): Promise<Store>;
}

/** Serves our tools over MCP on stdin and stdout until stdin ends. */
export async function runMcpServer(options: McpServerOptions): Promise<void> {
  const { McpServer } = await import('@modelcontextprotocol/server');
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const { toStandardJsonSchema } = await import('@valibot/to-json-schema');
  const store = lazyStore(options.openStore);
  const tools = await loadTools(options, store.open);
  const handle = serveStdio(
    () => {
      const server = new McpServer(
        { name: 'session', title: 'session', version: VERSION },
        {
          capabilities: { tools: {} },
          instructions: 'Reads the history of this session and the studies of its project. Changes nothing.',
        },
      );
      for (const { name, title, description, input, run } of tools) {
        const annotations = {
          title,
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        };
        server.registerTool(
          name,
          {
            title,
            description,
            inputSchema: toStandardJsonSchema(input) as StandardSchemaWithJSON,
            annotations,
          },
          (args) => answer(run(args)),
        );
      }
      return server;
    },
    { transport: new StdioServerTransport(options.stdin, options.stdout) },
  );
  await finished(options.stdin, { writable: false }).catch(() => {});
  await handle.close();
  await store.close();
}

async function loadTools({ env, cwd }: McpServerOptions, openStore: () => Promise<Store>): Promise<Tool[]> {
  const [{ historyTools }, { studyTools }] = await Promise.all([
    import('./history-tools.ts'),
    import('./study-tools.ts'),
  ]);
  async function openHistory(): Promise<HistoryReader> {
    const sessionId = env['CLAUDE_SESSION_ID'];
    if (!sessionId)
      throw new SessionError(
        'NO_SESSION',
        'This server runs outside a session (CLAUDE_SESSION_ID is not set), so there is no history to read.',
      );
    const { readHistoryFrom } = await import('./history-reader.ts');
    return readHistoryFrom(await openStore(), sessionId);
  }
  return [
    ...historyTools(openHistory),
    ...studyTools(env['CLAUDE_SESSION_ROOT'] || cwd, env['CLAUDE_SESSION_STUDY'] || undefined),
  ];
}

/** A failure is an answer too, for the model to read. What is no SessionError is a bug, and says so. */
async function answer(text: Promise<string>): Promise<CallToolResult> {
  try {
    return { content: [{ type: 'text', text: await text }] };
  } catch (error) {
    const sentence =
      error instanceof SessionError
        ? [error.message, error.hint].filter(Boolean).join(' ')
        : `Internal error of session: ${error instanceof Error ? error.message : String(error)}`;
    return { content: [{ type: 'text', text: sentence }], isError: true };
  }
}

/** Opens the store once; a failed attempt is made again at the next call. */
function lazyStore(openStore: () => Promise<Store>): {
  open: () => Promise<Store>;
  close: () => Promise<void>;
} {
  let opening: Promise<Store> | undefined;
  return {
    open: () => {
      opening ??= openStore().catch((error: unknown) => {
        opening = undefined;
        throw error;
      });
      return opening;
    },
    close: async () => {
      const store = await opening?.catch(() => undefined);
      await store?.close();
    },
  };
}
