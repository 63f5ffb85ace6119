import { VERSION } from '../../../version.ts';

export const CLOSED = 'MCP error -32000: Connection closed';

export interface RpcRequest {
  jsonrpc: '2.0';
  /** A notification has none, and no answer. */
  id?: number;
  method: string;
  params?: object;
}

export interface RpcAnswer {
  id?: number;
  result?: object;
  error?: { code: number; message: string };
}

interface CallResult {
  content: { text?: string }[];
  isError?: boolean;
}

/** What the mock says to one MCP server, over whatever carries its messages. */
export class McpServer {
  readonly name: string;
  readonly #exchange: (message: RpcRequest) => Promise<RpcAnswer | undefined>;
  /** By the name that the model sees. */
  readonly tools = new Map<string, string>();
  status: 'pending' | 'connected' | 'failed' = 'pending';
  #nextId = 0;

  constructor(name: string, exchange: (message: RpcRequest) => Promise<RpcAnswer | undefined>) {
    this.name = name;
    this.#exchange = exchange;
  }

  async connect(): Promise<void> {
    try {
      const clientInfo = { name: 'session-mock-agent', version: VERSION };
      await this.#request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
      void this.#exchange({ jsonrpc: '2.0', method: 'notifications/initialized' }).catch(() => {});
      const { tools } = await this.#request<{ tools: { name: string }[] }>('tools/list', {});
      for (const { name } of tools) this.tools.set(mcpToolName(this.name, name), name);
      this.status = 'connected';
    } catch {
      this.status = 'failed';
    }
  }

  async call(name: string, input: object): Promise<CallResult> {
    return await this.#request<CallResult>('tools/call', { name, arguments: input });
  }

  async #request<Result extends object>(method: string, params: object): Promise<Result> {
    const answer = await this.#exchange({ jsonrpc: '2.0', id: this.#nextId++, method, params });
    if (answer?.error) throw new Error(`MCP error ${answer.error.code}: ${answer.error.message}`);
    return (answer?.result ?? {}) as Result;
  }
}

/** A tool's name as the model sees it. */
export function mcpToolName(server: string, tool: string): string {
  const safe = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${safe(server)}__${safe(tool)}`;
}
