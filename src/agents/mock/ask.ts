import type { Machine } from './machine.ts';
import { allows } from './permissions.ts';
import { failed } from './tool-call.ts';
import type { ToolAnswer, ToolUse } from './tool-call.ts';

/** What the starter of the agent says of a tool call. */
export interface PermissionAnswer {
  behavior?: 'allow' | 'deny';
  message?: string;
  updatedPermissions?: { rules: { toolName: string; ruleContent?: string }[] }[];
}

type Call = Pick<ToolUse, 'name' | 'input'>;

const LOST = 'Tool permission request failed: Error: Tool permission stream closed before response received';

/** Whether a call that no rule allows is asked about (`--permission-prompt-tool stdio`); what a rule denies is not. */
export function isAskedAbout({ options, cwd }: Machine, { name, input }: Call): boolean {
  return options.asks && allows({ ...options, isPower: true }, cwd, name, input);
}

/** Waits for the answer; what the model is told where the call is not to be made, else undefined. */
export async function askPermission(
  { control, options }: Machine,
  { name, input }: Call,
  id: string,
  signal: AbortSignal,
): Promise<ToolAnswer | undefined> {
  const request = { subtype: 'can_use_tool', tool_name: name, input, tool_use_id: id };
  const answer: PermissionAnswer = await control.ask(request, signal).catch(() => ({ message: LOST }));
  if (answer.behavior !== 'allow') return { ...failed(answer.message ?? ''), decision: 'reject' };
  const rules = answer.updatedPermissions?.flatMap((update) => update.rules) ?? [];
  for (const { toolName, ruleContent } of rules)
    options.allowedTools.push(ruleContent === undefined ? toolName : `${toolName}(${ruleContent})`);
  return undefined;
}
