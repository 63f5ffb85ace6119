/** The lines of claude's own transcripts, as far as a conversation is told in them; everything else is left out. */
import * as v from 'valibot';

const text = v.string();
const block = v.looseObject({ type: text });

const line = v.looseObject({
  type: v.picklist(['user', 'assistant']),
  sessionId: text,
  cwd: text,
  timestamp: v.pipe(text, v.isoTimestamp()),
  isMeta: v.optional(v.boolean(), false),
  isSidechain: v.optional(v.boolean(), false),
  isCompactSummary: v.optional(v.boolean(), false),
  isApiErrorMessage: v.optional(v.boolean(), false),
  version: v.optional(v.nullable(text)),
  message: v.looseObject({
    content: v.union([text, v.array(block)]),
    id: v.optional(v.nullable(text)),
    model: v.optional(v.nullable(text)),
    usage: v.optional(v.nullable(v.looseObject({}))),
  }),
});

export type ClaudeLine = v.InferOutput<typeof line>;
export type ClaudeBlock = v.InferOutput<typeof block>;

/** Whether a record is one of a transcript at all. */
export function isTranscript(record: Record<string, unknown>): boolean {
  return typeof record['type'] === 'string' && typeof record['sessionId'] === 'string';
}

/** A line of the conversation; undefined for lines of other kinds, a sentence for one that is damaged. */
export function parseClaudeLine(record: Record<string, unknown>): ClaudeLine | string | undefined {
  if (record['type'] !== 'user' && record['type'] !== 'assistant') return undefined;
  const parsed = v.safeParse(line, record);
  if (!parsed.success) return `${v.getDotPath(parsed.issues[0]) ?? 'record'}: ${parsed.issues[0].message}`;
  const { isMeta, isSidechain, isCompactSummary } = parsed.output;
  return isMeta || isSidechain || isCompactSummary ? undefined : parsed.output;
}

/** The blocks of a message, one of text where it is only that. */
export function blocksOf({ message: { content } }: ClaudeLine): ClaudeBlock[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** The text of a block or of a tool's result; pictures and the like only by their kind. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content))
    return content === null || content === undefined ? '' : JSON.stringify(content);
  return content
    .map((each: { type?: unknown; text?: unknown }) =>
      each.type === 'text' && typeof each.text === 'string' ? each.text : `[${String(each.type)}]`,
    )
    .join('\n');
}
