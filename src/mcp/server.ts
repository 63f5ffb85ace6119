import { PassThrough, Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { CallToolResult, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { SessionError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { VERSION } from '../version.ts';
import type { HistoryReader } from './history-reader.ts';
import { Opening } from './opening.ts';
import type { Recording } from './opening.ts';
import type { Tool } from './tool.ts';

export interface McpServerOptions {
  /** `CLAUDE_SESSION_ID` names the session, `CLAUDE_SESSION_ROOT` and `_STUDY` its root and study. */
  env: Record<string, string | undefined>;
  /** The root where the environment names none. */
  cwd: string;
  stdin: Readable;
  stdout: Writable;
  /** What is answered without the protocol's library (see opening.ts). */
  recording: Recording;
  /** Called at the first tool call that needs it: a client waits for us to start, not for the store. */
  openStore(): Promise<Store>;
}

/** The longest message; of a longer one not even the id is known, by which it could be refused. */
const MAX_MESSAGE_BYTES = 8 << 20;

/** Serves our tools over MCP on stdin and stdout until stdin ends and what was asked is answered, or stdin is destroyed. Throws USAGE for a message that is too long. */
export async function runMcpServer(options: McpServerOptions): Promise<void> {
  const opening = new Opening(options.recording);
  let unfinishedBytes = 0;
  let server: Server | undefined;
  for await (const chunk of untilGone(options.stdin)) {
    const lineEnd = chunk.lastIndexOf('\n');
    unfinishedBytes = lineEnd === -1 ? unfinishedBytes + chunk.length : chunk.length - lineEnd - 1;
    if (unfinishedBytes > MAX_MESSAGE_BYTES)
      throw new SessionError('USAGE', `A message has more than ${MAX_MESSAGE_BYTES} bytes.`);
    if (server !== undefined) server.input.write(chunk);
    else {
      const said = opening.take(chunk);
      if (said !== '') options.stdout.write(said);
      if (!opening.isOver) continue;
      server = await startServer({ ...options, stdout: withoutAnswers(options.stdout, opening.answered) });
      server.input.write(opening.read);
    }
  }
  if (options.stdin.readableEnded) await server?.finish();
  await server?.close();
}

/** A client that goes away in any other manner has no more to say either. */
async function* untilGone(stdin: Readable): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of stdin) yield chunk as Buffer;
  } catch {
    // Reset, or destroyed by us.
  }
}

interface Server {
  input: PassThrough;
  /** Resolves when every call that was made is answered. */
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** The server as the protocol's library has it. */
async function startServer(options: McpServerOptions): Promise<Server> {
  const { McpServer } = await import('@modelcontextprotocol/server');
  const { serveStdio, StdioServerTransport } = await import('@modelcontextprotocol/server/stdio');
  const { toStandardJsonSchema } = await import('@valibot/to-json-schema');
  const store = lazyStore(options.openStore);
  const tools = await loadTools(options, store.open);
  const calls = new Set<Promise<CallToolResult>>();
  const input = new PassThrough();
  const handle = serveStdio(
    () => {
      const server = new McpServer(
        { name: 'session', title: 'session', version: VERSION },
        {
          capabilities: { tools: {} },
          instructions: 'Reads the history of this session and the studies of its project. Changes nothing.',
        },
      );
      for (const { name, title, description, input: schema, run } of tools) {
        const annotations = {
          title,
          readOnlyHint: true,
          destructiveHint: false,
          idempotentHint: true,
          openWorldHint: false,
        };
        const inputSchema = toStandardJsonSchema(schema) as StandardSchemaWithJSON;
        server.registerTool(name, { title, description, inputSchema, annotations }, (args) => {
          const call = answer(run(args));
          calls.add(call);
          void call.then(() => calls.delete(call));
          return call;
        });
      }
      return server;
    },
    { transport: new StdioServerTransport(input, options.stdout) },
  );
  return {
    input,
    async finish() {
      // What was read last is on its way to its tool; and an answer, then, to stdout.
      await letOthersRun();
      await Promise.all(calls);
      await letOthersRun();
    },
    async close() {
      await handle.close();
      await store.close();
    },
  };
}

/** Leaves out the answers to what was answered already. */
function withoutAnswers(stdout: Writable, answered: Set<unknown>): Writable {
  const rest = new Writable({
    write(line: Buffer, _encoding, done) {
      if (answered.size > 0 && answered.delete((JSON.parse(line.toString()) as { id?: unknown }).id)) done();
      else stdout.write(line, done);
    },
  });
  // Each answer that waits for a slow client listens.
  return rest.setMaxListeners(0);
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
