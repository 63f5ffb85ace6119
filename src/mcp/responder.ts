/**
 * Our MCP server, as a function from a client's message to an answer.
 *
 * It does not use the MCP library, because every turn's agent waits for it. The library takes several times as long to
 * load as Node to start, and a server with only tools needs five methods.
 */
import { SessionError } from '../errors.ts';
import { VERSION } from '../version.ts';
import type { Tool, ToolContext } from './tool.ts';

/** Newest first. A client with another version gets the newest. */
const PROTOCOL_VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'];

const INVALID_REQUEST = -32600;
const METHOD_NOT_FOUND = -32601;
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

type Id = string | number | null;
type Json = Record<string, unknown>;

export interface McpResponder {
  /** The answer to a JSON-RPC message or batch; undefined for notifications. Never rejects. */
  answer(message: unknown): Promise<object | undefined>;
}

/** Answers with our tools. `openContext` is called for each tool call, so the context may change. */
export function createMcpResponder(openContext: () => ToolContext | Promise<ToolContext>): McpResponder {
  async function answerOne(message: unknown): Promise<object | undefined> {
    const { jsonrpc, id, method, params } = asObject(message) ?? {};
    const isId = typeof id === 'string' || typeof id === 'number';
    // We send no requests, so answers of a client are ignored.
    if (jsonrpc === '2.0' && method === undefined && isId) return undefined;
    if (jsonrpc !== '2.0' || typeof method !== 'string' || !(isId || id === undefined))
      return failure(isId ? id : null, INVALID_REQUEST, 'This is not a request of JSON-RPC 2.0.');
    if (!isId) return undefined;
    try {
      return { jsonrpc: '2.0', id, result: await respond(method, asObject(params) ?? {}, openContext) };
    } catch (error) {
      if (error instanceof Refusal) return failure(id, error.code, error.message);
      return failure(id, INTERNAL_ERROR, error instanceof Error ? error.message : String(error));
    }
  }
  return {
    async answer(message) {
      if (!Array.isArray(message)) return await answerOne(message);
      if (message.length === 0) return failure(null, INVALID_REQUEST, 'A batch must not be empty.');
      const answers: object[] = [];
      for (const each of message as unknown[]) {
        const answer = await answerOne(each);
        if (answer !== undefined) answers.push(answer);
      }
      return answers.length === 0 ? undefined : answers;
    },
  };
}

/** A request that is answered by a JSON-RPC error. */
class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

async function respond(
  method: string,
  params: Json,
  openContext: () => ToolContext | Promise<ToolContext>,
): Promise<object> {
  switch (method) {
    case 'initialize':
      return initialize(params);
    case 'ping':
      return {};
    case 'tools/list':
      return { tools: await describe(await loadTools(await openContext())) };
    case 'tools/call': {
      const { name, arguments: input = {} } = params;
      const tool = (await loadTools(await openContext())).find((each) => each.name === name);
      if (tool !== undefined) return await call(tool, input);
      throw new Refusal(INVALID_PARAMS, `There is no tool ${JSON.stringify(name)}.`);
    }
    default:
      throw new Refusal(METHOD_NOT_FOUND, `There is no method ${JSON.stringify(method)}.`);
  }
}

/** A JSON-RPC error. Its id is null when that of the request is unknown. */
export function failure(id: Id, code: number, message: string): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

function initialize({ protocolVersion }: Json): object {
  return {
    protocolVersion: PROTOCOL_VERSIONS.find((version) => version === protocolVersion) ?? PROTOCOL_VERSIONS[0],
    capabilities: { tools: {} },
    serverInfo: { name: 'session', title: 'session', version: VERSION },
    instructions: 'Reads the history of this session and the studies of its project. Changes nothing.',
  };
}

async function loadTools(context: ToolContext): Promise<Tool[]> {
  const [{ historyTools }, { studyTools }] = await Promise.all([
    import('./history-tools.ts'),
    import('./study-tools.ts'),
  ]);
  return [...historyTools(context), ...studyTools(context.root, context.study)];
}

async function describe(tools: Tool[]): Promise<object[]> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  return tools.map(({ name, title, description, input }) => ({
    name,
    title,
    description,
    inputSchema: toJsonSchema(input, { typeMode: 'input', target: 'draft-2020-12' }),
    annotations: {
      title,
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    },
  }));
}

/**
 * Runs a tool. A failure becomes an answer that the model can read. An error that is not a SessionError is a bug, and
 * the answer says so.
 */
async function call(tool: Tool, given: unknown): Promise<object> {
  const { getDotPath, safeParse } = await import('valibot');
  try {
    const { success: isValid, output, issues } = safeParse(tool.input, given);
    if (isValid) return { content: [{ type: 'text', text: await tool.run(output) }] };
    const [issue] = issues;
    return refusal(`Invalid arguments: ${getDotPath(issue) ?? 'arguments'}: ${issue.message}.`);
  } catch (error) {
    return refusal(
      error instanceof SessionError
        ? [error.message, error.hint].filter(Boolean).join(' ')
        : `Internal error of session: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function refusal(text: string): object {
  return { content: [{ type: 'text', text }], isError: true };
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
