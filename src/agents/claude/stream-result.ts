import type { PermissionDenial } from '../../model/model.ts';
import type { ModelUsage, Usage, UsageByModel } from '../../model/usage.ts';
import { ElidedText } from '../process/elided-text.ts';
import { type Json, asNumber, asObject, asObjects, asString, isObject } from './stream-json.ts';
import type { AgentEvent } from '../events.ts';

/**
 * The line that ends a turn. `is_error` alone says whether it failed: the subtype of an API failure is `success`.
 */
export function parseResult(message: Json): AgentEvent {
  const isError = message['is_error'] !== false;
  return {
    type: 'result',
    isError,
    subtype: asString(message['subtype']) ?? '',
    message: isError ? parseMessage(message) : '',
    apiErrorStatus: asNumber(message['api_error_status']),
    terminalReason: asString(message['terminal_reason']),
    agentSessionId: asString(message['session_id']),
    usage: parseUsage(message['usage']),
    totalUsage: parseModels(message['modelUsage']),
    totalCostUsd: asNumber(message['total_cost_usd']),
    usageSinceLast: parseModels(message['model_usage_since_last_result']),
    answers: parseAnswers(message),
    origin: asString(asObject(message['origin'])['kind']),
    numTurns: asNumber(message['num_turns']),
    durationMs: asNumber(message['duration_ms']),
    ttftMs: asNumber(message['ttft_ms']),
    permissionDenials: asObjects(message['permission_denials']).flatMap(parseDenial),
    output: parseOutput(message['structured_output']),
  };
}

/** The agent's message for a failure: `result`, or `errors` when there is no `result`. */
function parseMessage({ result, errors }: Json): string {
  if (typeof result === 'string' && result !== '') return result;
  return Array.isArray(errors) ? errors.filter((error) => typeof error === 'string').join('\n') : '';
}

/** Null also for an answer with a string that was left out. */
function parseOutput(output: unknown): object | null {
  return isObject(output) && !hasElided(output) ? output : null;
}

function hasElided(value: unknown): boolean {
  if (value instanceof ElidedText) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasElided);
}

function parseUsage(usage: unknown): Usage | null {
  if (!isObject(usage)) return null;
  return {
    input_tokens: asNumber(usage['input_tokens']) ?? 0,
    output_tokens: asNumber(usage['output_tokens']) ?? 0,
    cache_read_input_tokens: asNumber(usage['cache_read_input_tokens']) ?? 0,
    cache_creation_input_tokens: asNumber(usage['cache_creation_input_tokens']) ?? 0,
  };
}

function parseModels(models: unknown): UsageByModel | null {
  if (!isObject(models)) return null;
  return Object.fromEntries(
    Object.entries(models).map(([name, usage]): [string, ModelUsage] => {
      const count = (key: string): number => Math.max(asNumber(asObject(usage)[key]) ?? 0, 0);
      return [
        name,
        {
          input_tokens: count('inputTokens'),
          output_tokens: count('outputTokens'),
          cache_read_input_tokens: count('cacheReadInputTokens'),
          cache_creation_input_tokens: count('cacheCreationInputTokens'),
          cost_usd: count('costUSD'),
        },
      ];
    }),
  );
}

function parseAnswers({ user_message_uuids: uuids, user_message_uuid: uuid }: Json): string[] | null {
  if (Array.isArray(uuids)) return uuids.filter((each) => typeof each === 'string');
  return typeof uuid === 'string' ? [uuid] : null;
}

function parseDenial({ tool_name, tool_use_id, tool_input }: Json): PermissionDenial[] {
  if (typeof tool_name !== 'string' || typeof tool_use_id !== 'string') return [];
  return [{ tool_name, tool_use_id, tool_input }];
}
