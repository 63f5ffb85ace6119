import type {
  DoneOutput,
  ErrorRecord,
  StartRecord,
  StatusRecord,
  TextSource,
  TurnOutput,
} from '../../../src/model/records.ts';

const ids = { session_id: '0badcafe', turn_id: 7 };

/** Builders of a turn's records, with what a test cares about. */
export const start = (more: Partial<StartRecord> = {}): StartRecord => ({
  type: 'start',
  ...ids,
  schema_version: 1,
  agent: 'mock',
  agent_version: '1.0.0',
  model: 'mock-1',
  mode: 'user',
  study: null,
  continuity: 'new',
  mcp_servers: [],
  ...more,
});

export const text = (content: string): TurnOutput => ({ type: 'text', ...ids, content });
export const discard = (count: number): TurnOutput => ({ type: 'discard', ...ids, count });
export const toolCall = (name: string, input: unknown): TurnOutput => ({
  type: 'tool_call',
  ...ids,
  id: 't1',
  name,
  input,
});
export const toolResult = (content: string, more = {}): TurnOutput => ({
  type: 'tool_result',
  ...ids,
  id: 't1',
  content,
  is_error: false,
  denied: false,
  ...more,
});
export const status = (name: string, detail: object): StatusRecord => ({
  type: 'status',
  ...ids,
  status: name,
  ...detail,
});
export const failure = (more: Partial<ErrorRecord> = {}): ErrorRecord => ({
  type: 'error',
  ...ids,
  code: 'TIMEOUT',
  message: 'The turn ran out of time.',
  hint: null,
  retry_at: null,
  exit_status: 3,
  ...more,
});

export const done = (answer: TextSource, more: Partial<DoneOutput> = {}): DoneOutput => ({
  type: 'done',
  ...ids,
  status: 'completed',
  tool_calls: [],
  permission_denials: [],
  usage: null,
  usage_by_model: null,
  cache_read_ratio: null,
  cost_usd: 0.25,
  session_cost_usd: 1,
  num_turns: 1,
  duration_ms: 10,
  ttft_ms: 5,
  output: null,
  exit_code: 0,
  text: answer,
  ...more,
});

export async function* turn(
  ...records: (TurnOutput | TurnOutput[])[]
): AsyncGenerator<TurnOutput | TurnOutput[]> {
  yield* records;
}
