/**
 * The lines of an export: a header, then each session with its mode switches and, turn by turn, messages and tool
 * calls, and an end. It is complete, so that `import` restores the same sessions. Times are ISO 8601 in UTC.
 */
import * as v from 'valibot';
import { AGENTS, CONTINUITIES, EFFORTS, MODES, OUTCOMES, ROLES } from './model.ts';
import { MEDIA_TYPES } from './message-file.ts';
import { CHANGED_FIELDS } from './session-change.ts';
import { permissionDenial, usage, usageByModel } from './turn-records.ts';

export const EXPORT_VERSION = 1;

const about = v.description;
const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const usd = v.pipe(v.number(), v.minValue(0));
const time = v.pipe(text, v.isoTimestamp());
const id = v.pipe(text, v.regex(/^[0-9a-f]{8}$/, 'must be eight hexadecimal characters'));

export const exportHeader = v.object({
  type: v.literal('export'),
  version: v.pipe(count, about('Of this format; a reader refuses one it does not know.')),
  program: text,
  exported_at: time,
});

export const exportSession = v.object({
  type: v.literal('session'),
  id,
  name: v.nullable(text),
  mode: v.picklist(MODES),
  root: v.pipe(text, v.regex(/^(?:\/|[A-Za-z]:[\\/])/, 'must be an absolute path')),
  study: v.nullable(text),
  agent: v.picklist(AGENTS),
  model: v.nullable(text),
  effort: v.optional(v.nullable(v.picklist(EFFORTS)), null),
  fallback_model: v.optional(v.nullable(text), null),
  added_dirs: v.optional(v.array(text), []),
  agent_session_id: v.nullable(text),
  system_prompt: v.nullable(text),
  attachments: v.array(v.object({ path: text, content: text })),
  mcp_configs: v.array(text),
  warm: v.boolean(),
  ask: v.optional(v.boolean(), false),
  allowed_tools: v.optional(v.array(text), []),
  pinned: v.boolean(),
  tags: v.record(text, text),
  budget_usd: v.nullable(usd),
  created_at: time,
  last_active_at: time,
  trashed_at: v.nullable(time),
  mode_switches: v.array(v.object({ from: v.picklist(MODES), to: v.picklist(MODES), by: text, at: time })),
  changes: v.optional(
    v.pipe(
      v.array(
        v.object({
          what: v.picklist(CHANGED_FIELDS),
          from: v.unknown(),
          to: v.unknown(),
          by: text,
          at: time,
        }),
      ),
      about('The mode switches too.'),
    ),
  ),
});

export const exportTurn = v.object({
  type: v.literal('turn'),
  session_id: id,
  id: v.pipe(count, about('In the store it comes from; it has another one where it is imported.')),
  status: v.picklist(OUTCOMES),
  continuity: v.nullable(v.picklist(CONTINUITIES)),
  is_copy: v.pipe(v.boolean(), about('Whether `fork` copied it; then it does not count in `stats`.')),
  limits: v.looseObject({
    timeoutMs: v.nullable(v.number()),
    stallTimeoutMs: v.number(),
    maxTurns: v.nullable(v.number()),
    maxBudgetUsd: v.nullable(v.number()),
  }),
  error_code: v.nullable(text),
  error_message: v.nullable(text),
  usage: v.nullable(usage),
  usage_by_model: v.optional(v.nullable(usageByModel), null),
  cost_usd: usd,
  num_turns: v.nullable(count),
  permission_denials: v.array(permissionDenial),
  output: v.optional(v.unknown(), null),
  duration_ms: v.nullable(v.number()),
  ttft_ms: v.nullable(v.number()),
  model: v.nullable(text),
  agent_version: v.nullable(text),
  exit_code: v.nullable(v.number()),
  queued_at: time,
  started_at: v.nullable(time),
  ended_at: time,
});

export const exportMessage = v.object({
  type: v.literal('message'),
  turn_id: count,
  role: v.picklist(ROLES),
  created_at: time,
  content: v.pipe(text, about('The whole, or the beginning: `content` records continue it.')),
});

export const exportContent = v.object({
  type: v.literal('content'),
  content: v.pipe(text, about('Goes on with the message before it.')),
});

export const exportFile = v.object({
  type: v.literal('file'),
  turn_id: count,
  name: text,
  media_type: v.picklist(MEDIA_TYPES),
  is_more: v.pipe(v.boolean(), about('Whether it goes on with the file before it.')),
  content: v.pipe(text, about('In base64: the whole, or a part of it.')),
});

export const exportToolCall = v.object({
  type: v.literal('tool_call'),
  turn_id: count,
  id: text,
  name: text,
  input: v.unknown(),
  result: v.nullable(text),
  is_error: v.boolean(),
  denied: v.boolean(),
  text_offset: v.pipe(count, about('Characters of the answer that came before it.')),
});

export const exportEnd = v.object({
  type: v.literal('end'),
  sessions: count,
  turns: v.pipe(count, about('An export without this record is not whole.')),
});

export const EXPORT_RECORDS = [
  exportHeader,
  exportSession,
  exportTurn,
  exportMessage,
  exportContent,
  exportFile,
  exportToolCall,
  exportEnd,
] as const;

export type ExportRecord = v.InferOutput<(typeof EXPORT_RECORDS)[number]>;
export type ExportOf<Type extends ExportRecord['type']> = Extract<ExportRecord, { type: Type }>;
