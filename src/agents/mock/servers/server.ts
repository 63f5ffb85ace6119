import { VERSION } from '../../../version.ts';
import { failed, noSuchTool } from '../tool-call.ts';
import type { ToolAnswer } from '../tool-call.ts';

export const CLOSED = 'MCP error -32000: Connection closed';

export interface RpcRequest {
  jsonrpc: '2.0';
  /** A notification has no id, and gets no answer. */
  id?: number;
  method: string;
  params?: object;
}

export interface RpcAnswer {
  id?: number;
  result?: object;
  error?: { code: number; message: string };
}

type Exchange = (message: RpcRequest) => Promise<RpcAnswer | undefined>;

/** The mock's client of one MCP server, independent of the transport. */
export class McpServer {
  readonly name: string;
  readonly #exchange: Exchange;
  status: 'pending' | 'connected' | 'failed' = 'pending';
  tools: string[] = [];
  #nextId = 0;

  constructor(name: string, exchange: Exchange) {
    this.name = name;
    this.#exchange = exchange;
  }

  async connect(): Promise<void> {
    try {
      const clientInfo = { name: 'session-mock-agent', version: VERSION };
      await this.#request('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
      void this.#exchange({ jsonrpc: '2.0', method: 'notifications/initialized' }).catch(() => {});
      const { tools } = await this.#request<{ tools: { name: string }[] }>('tools/list', {});
      this.tools = tools.map(({ name }) => name);
      this.status = 'connected';
    } catch {
      this.status = 'failed';
    }
  }

  async call(name: string, input: object): Promise<ToolAnswer> {
    if (!this.tools.includes(name)) {
      const connecting = `. The MCP server '${this.name}' is still connecting. Call WaitForMcpServers to wait for it, then try again.`;
      return noSuchTool(mcpToolName(this.name, name), this.status === 'pending' ? connecting : '');
    }
    try {
      const call = { name, arguments: input };
      const answer = await this.#request<{ content: { text?: string }[]; isError?: boolean }>(
        'tools/call',
        call,
      );
      if (answer.isError === true) return failed(answer.content.map(({ text = '' }) => text).join('\n'));
      return { content: answer.content, detail: answer.content };
    } catch (error) {
      return failed((error as Error).message);
    }
  }

  async #request<Result extends object>(method: string, params: object): Promise<Result> {
    const answer = await this.#exchange({ jsonrpc: '2.0', id: this.#nextId++, method, params });
    if (answer?.error) throw new Error(`MCP error ${answer.error.code}: ${answer.error.message}`);
    return (answer?.result ?? {}) as Result;
  }
}

/** The name of a tool for the model. */
export function mcpToolName(server: string, tool: string): string {
  const safe = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${safe(server)}__${safe(tool)}`;
}
