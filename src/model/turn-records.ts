/** The records of a turn, as `send` and `watch` print them: `start` first and `done` last, also when the turn fails. */
import * as v from 'valibot';
import { AGENTS, CONTINUITIES, MODES, OUTCOMES } from './model.ts';
import { EXIT_STATUS } from '../errors.ts';
import type { ErrorCode } from '../errors.ts';

const about = v.description;
const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(text, v.isoTimestamp());
const usd = v.pipe(v.number(), v.minValue(0));
const ERROR_CODES = Object.keys(EXIT_STATUS) as ErrorCode[];

/** Builds a record with the fields that all records of a turn have. */
function turnRecord<const Type extends string, Entries extends v.ObjectEntries>(
  type: Type,
  entries: Entries,
) {
  return v.object({
    type: v.literal(type),
    session_id: v.nullable(v.pipe(text, about('The session; null where it failed before one was found.'))),
    turn_id: v.nullable(v.pipe(count, about('The turn; null where it failed before there was one.'))),
    ...entries,
  });
}

export const usage = v.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});

export const usageByModel = v.record(text, v.object({ ...usage.entries, cost_usd: usd }));

export const toolCall = v.object({
  id: v.pipe(text, about("The agent's own id of the call.")),
  name: v.pipe(text, about('The tool; MCP tools are `mcp__<server>__<tool>`.')),
  input: v.unknown(),
  result: v.nullable(v.pipe(text, about('The result as text; null when none came.'))),
  is_error: v.boolean(),
  denied: v.pipe(v.boolean(), about('Whether the agent was not permitted to make the call.')),
});

export const permissionDenial = v.object({ tool_name: text, tool_use_id: text, tool_input: v.unknown() });

export const start = turnRecord('start', {
  schema_version: v.pipe(v.literal(1), about('The version of these records.')),
  agent: v.picklist(AGENTS),
  agent_version: v.nullable(text),
  model: v.nullable(v.pipe(text, about('As the agent reports it.'))),
  mode: v.picklist(MODES),
  study: v.nullable(text),
  continuity: v.pipe(
    v.picklist(CONTINUITIES),
    about(
      "How the conversation reaches the agent: its first turn, by the agent's own resume, replayed from our history, or in a process that still runs.",
    ),
  ),
  mcp_servers: v.array(
    v.object({
      name: text,
      status: v.pipe(text, about('`connected`, `failed`, `pending`, … as the agent reports it.')),
    }),
  ),
});

export const textPiece = turnRecord('text', {
  content: v.pipe(text, about('A piece of the answer as it arrives.')),
});

export const discard = turnRecord('discard', {
  count: v.pipe(
    count,
    about('How many of the latest `text` records are void, because the agent tried again. Ignore them.'),
  ),
});

export const toolCallStart = turnRecord('tool_call', { id: text, name: text, input: v.unknown() });

export const toolResult = turnRecord('tool_result', {
  id: v.pipe(text, about('Of the `tool_call`.')),
  content: text,
  is_error: v.boolean(),
  denied: v.pipe(
    v.nullable(v.boolean()),
    about(
      'Whether the call was not permitted; null when the agent reports this only at the end of the turn.',
    ),
  ),
});

export const status = v.looseObject({
  ...turnRecord('status', {
    status: v.pipe(
      text,
      about(
        '`retrying`, `waiting_for_limit`, `waiting_for_approval`, `approval_answered`, …; details are further fields.',
      ),
    ),
  }).entries,
});

export const failure = turnRecord('error', {
  code: v.pipe(v.picklist(ERROR_CODES), about('INTERNAL means a bug in this program.')),
  message: v.pipe(text, about('What happened, and to what.')),
  hint: v.nullable(v.pipe(text, about('What to do next.'))),
  retry_at: v.nullable(v.pipe(time, about('When a usage limit ends, where the agent reported it.'))),
  exit_status: v.pipe(count, about('The exit status of the command.')),
});

export const done = turnRecord('done', {
  status: v.pipe(v.picklist(OUTCOMES), about('How the turn ended.')),
  tool_calls: v.array(toolCall),
  permission_denials: v.array(permissionDenial),
  usage: v.nullable(v.pipe(usage, about('All model calls of this turn, including those of sub-agents.'))),
  usage_by_model: v.nullable(v.pipe(usageByModel, about('The same calls, for each model.'))),
  cache_read_ratio: v.nullable(
    v.pipe(v.number(), about('The share of the input that came from the prompt cache, from 0 to 1.')),
  ),
  cost_usd: v.pipe(usd, about('The cost of this turn, for the same calls as `usage`.')),
  session_cost_usd: v.pipe(usd, about('The cost of the session so far.')),
  num_turns: v.nullable(v.pipe(count, about('Model calls the agent made.'))),
  duration_ms: v.nullable(count),
  ttft_ms: v.nullable(v.pipe(count, about('The time until the first piece of text.'))),
  output: v.pipe(v.unknown(), about('The structured answer, with `--schema`; null when there is none.')),
  exit_code: v.pipe(count, about('The exit status of `send` and `wait` for this turn.')),
  text: v.pipe(text, about('The whole answer: all its text blocks.')),
});

/** What `--output json` prints for a turn: `done`, and more fields that scripts need. */
export const turnDocument = v.object({
  ...done.entries,
  start: v.nullable(v.pipe(start, about('The `start` record; null when no agent started.'))),
  error: v.nullable(v.pipe(failure, about('The last `error` record; null on success.'))),
});
