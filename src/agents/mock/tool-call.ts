/** The result of a tool call. */
export interface ToolAnswer {
  /** Content blocks, or claude's message for a call that could not be made. */
  content: string | { text?: string }[];
  /** Undefined leaves it out of the stream. Of the built-in tools only Bash reports success. */
  isError?: boolean;
  /** The decision of the permission rules; undefined for a call that failed before them. */
  decision?: 'accept' | 'reject';
  /** The stream's `tool_use_result`. */
  detail: unknown;
}

export interface ToolUse {
  name: string;
  input: Record<string, unknown>;
  /** How a client shows the call of an MCP tool. */
  meta?: object;
  /** Runs the tool. Undefined means that the call is denied. */
  run?: () => Promise<ToolAnswer>;
}

export const REJECTED: ToolAnswer = {
  content: "The user doesn't want to proceed with this tool use. The tool use was rejected.",
  isError: true,
  detail: 'User rejected tool use',
};

export function failed(text: string): ToolAnswer {
  return { content: text, isError: true, detail: `Error: ${text}` };
}

/** Claude's answer to a call of a tool that does not exist. */
export function noSuchTool(tool: string, hint = ''): ToolAnswer {
  const text = `Error: No such tool available: ${tool}${hint}`;
  return { content: `<tool_use_error>${text}</tool_use_error>`, isError: true, detail: text };
}

export function denied(tool: string): ToolAnswer {
  const wish = `Claude requested permissions to use ${tool}, but you haven't granted it yet.`;
  return { ...failed(tool === 'Bash' ? 'This command requires approval' : wish), decision: 'reject' };
}
