/** What came of a tool call. */
export interface ToolAnswer {
  /** Content blocks, or claude's own words for a call that could not be made. */
  content: unknown;
  /** Left out of the stream where it is undefined: of built-in tools only Bash says that all went well. */
  isError?: boolean;
  /** The stream's `tool_use_result`. */
  detail: unknown;
}

/** The MCP servers of an agent process. */
export interface McpServers {
  /** Waits for them as long as claude would. */
  ready(): Promise<void>;
  statuses(): { name: string; status: string }[];
  toolNames(): string[];
  call(
    server: string,
    tool: string,
    input: Record<string, unknown>,
    signal: AbortSignal,
  ): Promise<ToolAnswer>;
  /** Ends them; after a normal end those that never answered are left behind, as claude leaves them. */
  stop(isNormalEnd: boolean): Promise<void>;
}

/** A tool's name as the model sees it. */
export function mcpToolName(server: string, tool: string): string {
  const safe = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_-]/g, '_');
  return `mcp__${safe(server)}__${safe(tool)}`;
}

/** Claude's answer to a call of a tool that is not there. */
export function noSuchTool(tool: string, hint = ''): ToolAnswer {
  const text = `Error: No such tool available: ${tool}${hint}`;
  return { content: `<tool_use_error>${text}</tool_use_error>`, isError: true, detail: text };
}

export const NO_SERVERS: McpServers = {
  ready: async () => {},
  statuses: () => [],
  toolNames: () => [],
  call: async (server, tool) => noSuchTool(mcpToolName(server, tool)),
  stop: async () => {},
};
