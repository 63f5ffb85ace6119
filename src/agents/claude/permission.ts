import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { PermissionAnswer } from '../agent.ts';
import type { AgentEvent } from '../events.ts';
import { type Json, asObject, asString, isObject } from './stream-json.ts';
import { buildRule } from './rule.ts';

/** Tools that need more than a yes or no from the user, or that change claude's permission mode. */
export const INTERACTIVE_TOOLS = ['AskUserQuestion', 'EnterPlanMode', 'ExitPlanMode'] as const;

/** Claude's error for a call that it wanted to ask about when its stdin was closed. */
const UNANSWERABLE = /^Tool permission request failed: \w+: (Tool permission stream|Stream) closed\b/;

export function isUnanswerable(text: string): boolean {
  return UNANSWERABLE.test(text);
}

/** A tool call that no rule allows or denies (`--permission-prompt-tool stdio`). */
export function parsePermissionRequest({ request_id: requestId, request }: Json, line: string): AgentEvent[] {
  const { subtype, tool_name: tool, tool_use_id: toolUseId, input } = asObject(request);
  if (subtype !== 'can_use_tool' || typeof requestId !== 'string') return [];
  const whole = isObject(input) && isWhole(input, line) ? input : null;
  const name = asString(tool) ?? '';
  return [
    {
      type: 'permission_request',
      requestId,
      id: createHash('sha256').update(requestId).digest('hex').slice(0, 12),
      toolUseId: asString(toolUseId) ?? '',
      tool: name,
      input: whole,
      rule: whole && buildRule(name, whole),
    },
  ];
}

/** A request that needs no answer any more, because the turn or the sub-agent was stopped. */
export function parsePermissionCancel({ request_id: requestId }: Json): AgentEvent[] {
  return typeof requestId === 'string' ? [{ type: 'permission_cancelled', requestId }] : [];
}

/** Whether no part of the input was left out when the line was read. Claude runs the input that the answer contains. */
function isWhole(input: Json, line: string): boolean {
  const { request } = JSON.parse(line) as { request: { input: unknown } };
  return isDeepStrictEqual(request.input, input);
}

/**
 * The stdin line that answers a `permission_request`. Claude 2.1.197 requires the input in it.
 *
 * A rule that is always allowed holds in this process from then on. Later processes get it in their arguments.
 */
export function buildPermissionAnswerLine(requestId: string, answer: PermissionAnswer): string {
  const response = answer.isAllowed
    ? {
        behavior: 'allow',
        updatedInput: answer.input,
        ...(answer.rule !== null && { updatedPermissions: [buildUpdate(answer.rule)] }),
      }
    : { behavior: 'deny', message: answer.message };
  return `${JSON.stringify({ type: 'control_response', response: { subtype: 'success', request_id: requestId, response } })}\n`;
}

function buildUpdate(rule: string): object {
  const [, toolName = rule, escaped] = /^(\w+)\((.*)\)$/s.exec(rule) ?? [];
  const ruleContent = escaped?.replaceAll(/\\([\\()])/g, '$1');
  return { type: 'addRules', rules: [{ toolName, ruleContent }], behavior: 'allow', destination: 'session' };
}
