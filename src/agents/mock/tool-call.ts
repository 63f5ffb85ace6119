/** What came of a tool call. */
export interface ToolAnswer {
  /** Content blocks, or claude's own words for a call that could not be made. */
  content: string | { text?: string }[];
  /** Left out of the stream where it is undefined: of built-in tools only Bash says that all went well. */
  isError?: boolean;
  /** What the permission rules said; nothing of a call that never came to them. */
  decision?: 'accept' | 'reject';
  /** The stream's `tool_use_result`. */
  detail: unknown;
}

export interface ToolUse {
  name: string;
  input: Record<string, unknown>;
  /** How MCP tools are shown. */
  meta?: object;
  /** Without it the call is denied, whatever the rules say. */
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

/** Claude's answer to a call of a tool that is not there. */
export function noSuchTool(tool: string, hint = ''): ToolAnswer {
  const text = `Error: No such tool available: ${tool}${hint}`;
  return { content: `<tool_use_error>${text}</tool_use_error>`, isError: true, detail: text };
}

export function denied(tool: string): ToolAnswer {
  const wish = `Claude requested permissions to use ${tool}, but you haven't granted it yet.`;
  return { ...failed(tool === 'Bash' ? 'This command requires approval' : wish), decision: 'reject' };
}
