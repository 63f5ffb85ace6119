/** The records of claude's transcripts, as far as an import reads them. */
import * as v from 'valibot';
import { UUID } from '../text/uuid.ts';
import { boundedCount, boundedTime, boundedUsd } from './bounds.ts';
import { BadLine } from './incoming.ts';

const flag = v.pipe(
  v.nullish(v.boolean(), false),
  v.transform((value) => value ?? false),
);
export const text = v.string();
const maybeText = v.nullish(text, null);
export const block = v.looseObject({ type: text });
export const content = v.union([text, v.array(block)], 'must be a text or a list of blocks');
export const toolCall = v.object({ id: text, name: text, input: v.optional(v.unknown(), null) });
export const toolResult = v.object({
  tool_use_id: text,
  content: v.optional(v.unknown(), null),
  is_error: flag,
});
const count = v.pipe(
  v.nullish(boundedCount, 0),
  v.transform((value) => value ?? 0),
);
const usage = v.object({
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
});

export const line = v.object({
  type: text,
  sessionId: v.pipe(text, v.regex(UUID, 'is not a valid UUID')),
  uuid: maybeText,
  parentUuid: maybeText,
  logicalParentUuid: maybeText,
  timestamp: boundedTime,
  isSidechain: flag,
  isMeta: flag,
  isCompactSummary: flag,
  isApiErrorMessage: flag,
  forkedFrom: v.optional(v.unknown()),
  cwd: maybeText,
  version: maybeText,
  costUSD: v.nullish(boundedUsd, 0),
  message: v.optional(v.unknown()),
  attachment: v.optional(v.unknown()),
  permissionDecision: v.optional(v.unknown()),
});
export const message = v.object({
  content,
  id: maybeText,
  model: maybeText,
  usage: v.nullish(usage, null),
});
export const attachment = v.object({ type: v.literal('queued_command'), prompt: content, isMeta: flag });
export const permission = v.object({ decision: text });
export const title = v.object({
  type: v.picklist(['custom-title', 'summary', 'ai-title']),
  sessionId: v.optional(v.pipe(text, v.regex(UUID))),
  leafUuid: maybeText,
  customTitle: v.optional(text),
  summary: v.optional(text),
  aiTitle: v.optional(text),
});

/** Checks a value. Throws BadLine with the path of what is wrong, below `what`. */
export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  what = '',
): v.InferOutput<Schema> {
  const read = v.safeParse(schema, value);
  if (read.success) return read.output;
  const [issue] = read.issues;
  const place = [what, v.getDotPath(issue) ?? ''].filter((each) => each !== '').join('.');
  throw new BadLine(`${place || 'record'}: ${issue.message}`);
}
