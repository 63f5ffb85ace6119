import type { Machine } from './machine.ts';
import { allows, hasTool } from './permissions.ts';
import { denied, failed, noSuchTool } from './tool-call.ts';
import type { ToolAnswer, ToolUse } from './tool-call.ts';

/** The answer to a permission request. */
export interface PermissionAnswer {
  behavior?: 'allow' | 'deny';
  message?: string;
  updatedPermissions?: { rules: { toolName: string; ruleContent?: string }[] }[];
}

type Call = Pick<ToolUse, 'name' | 'input'> & { id: string };

const LOST = 'Tool permission request failed: Error: Tool permission stream closed before response received';

/** Runs the tool when the rules or the user allow it. Otherwise adds to `denials`, and answers with the reason. */
export async function answerCall(
  machine: Machine,
  { run, ...call }: ToolUse & Call,
  denials: object[],
  signal: AbortSignal,
): Promise<ToolAnswer> {
  const { options, cwd, output } = machine;
  const { name, input, id } = call;
  if (!hasTool(options, name)) return noSuchTool(name);
  const isAllowed = run !== undefined && allows(options, cwd, name, input);
  const isAsked = run !== undefined && !isAllowed && isAskedAbout(machine, call);
  const refusal = isAsked ? await askPermission(machine, call, signal) : undefined;
  if (isAllowed || (isAsked && refusal === undefined)) return { ...(await run()), decision: 'accept' };
  const answer = refusal ?? denied(name);
  const about = { tool_name: name, tool_use_id: id };
  if (!isAsked) output.system('permission_denied', { ...about, message: answer.content });
  denials.push({ ...about, tool_input: input });
  return answer;
}

/**
 * Whether the agent asks about a call that no rule allows (`--permission-prompt-tool stdio`). Calls that a rule denies
 * are not asked about.
 */
function isAskedAbout({ options, cwd }: Machine, { name, input }: Call): boolean {
  return options.asks && allows({ ...options, isPower: true }, cwd, name, input);
}

/** Asks, and waits for the answer. Returns what the model is told when the call is denied, else undefined. */
async function askPermission(
  { control, options }: Machine,
  { name, input, id }: Call,
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
