import type { Turn } from './turn.ts';

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

export function failed(text: string): ToolAnswer {
  return { content: text, isError: true, detail: `Error: ${text}` };
}

/** Claude's answer to a call of a tool that is not there. */
export function noSuchTool(tool: string, hint = ''): ToolAnswer {
  const text = `Error: No such tool available: ${tool}${hint}`;
  return { content: `<tool_use_error>${text}</tool_use_error>`, isError: true, detail: text };
}

export const REJECTED: ToolAnswer = {
  content: "The user doesn't want to proceed with this tool use. The tool use was rejected.",
  isError: true,
  detail: 'User rejected tool use',
};

/** Runs a tool, if there is one and the rules allow it. */
export async function answerCall(turn: Turn, { name, input, run }: ToolUse, id: string): Promise<ToolAnswer> {
  const { permissions, output } = turn.machine;
  if (!permissions.has(name)) return noSuchTool(name);
  if (run !== undefined && permissions.allows(name, input)) return { ...(await run()), decision: 'accept' };
  const message =
    name === 'Bash'
      ? 'This command requires approval'
      : `Claude requested permissions to use ${name}, but you haven't granted it yet.`;
  output.system('permission_denied', { tool_name: name, tool_use_id: id, message });
  turn.facts.denials.push({ tool_name: name, tool_use_id: id, tool_input: input });
  return { ...failed(message), decision: 'reject' };
}

/** The block that hands the model the answer, and what claude tells besides. */
export function toolResult(id: string, { content, isError, detail, decision }: ToolAnswer): [object, object] {
  const block = { tool_use_id: id, type: 'tool_result', content, is_error: isError };
  const source = { decision, source: 'config' };
  const meta = decision && { tool_result_meta: [{ id, permission_decision: source }] };
  return [block, { tool_use_result: detail, ...meta }];
}

export function textOf(content: ToolAnswer['content']): string {
  return typeof content === 'string' ? content : content.map(({ text = '' }) => text).join('\n');
}
