/** The lines of claude's transcripts, reduced to what a conversation and its cost need. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { isOwnClosing } from '../agents/claude/message.ts';
import type { Usage } from '../model/usage.ts';
import type { Masking } from './source.ts';
import {
  attachment,
  block,
  line,
  message,
  parse,
  permission,
  text,
  title,
  toolCall,
  toolResult,
} from './transcript-schema.ts';
import type { content } from './transcript-schema.ts';
import { readSpeech } from './user-speech.ts';
import type { Speech } from './user-speech.ts';

/** A model call as one line describes it. Lines of one message repeat it, the later ones with more output. */
export interface ModelCall {
  /** The message's id, or the line's own where it has none. */
  id: string;
  model: string | null;
  usage: Usage | null;
  costUsd: number;
}

/** A content block of a line. */
export type Block =
  | { type: 'text'; text: string }
  | { type: 'call'; id: string; name: string; input: unknown }
  /** `isDenied` is null for older versions, where only the text tells. */
  | { type: 'result'; id: string; text: string; isError: boolean; isDenied: boolean | null };

/** A line as it is kept. A line that only connects others has no blocks and no speech. */
export interface TranscriptLine {
  uuid: string;
  parent: string | null;
  at: number;
  role: 'user' | 'assistant' | null;
  /** Whether it is a line of a sub-agent. */
  isSide: boolean;
  /** Whether claude marks it as copied from another session. */
  isCopy: boolean;
  root: string | null;
  version: string | null;
  speech: Speech | null;
  blocks: Block[];
  call: ModelCall | null;
  /** The text of a failure, if the line reports one. */
  failure: string | null;
}

/** The title that claude or its user gave to a session. */
export interface TitleLine {
  title: string;
  /** Whether the user chose it. */
  isChosen: boolean;
  /** The uuid of a line in the session, when the session's id is not given. */
  leaf: string | null;
}

/** Texts that claude writes when there is no answer. */
const FILLERS = new Set(['No response requested.', '(no content)']);

export type ParsedLine =
  | { sessionId: string; line: TranscriptLine }
  | { sessionId: string | undefined; title: TitleLine };

/**
 * Parses a record of a transcript; undefined for one that does not belong to a conversation. Throws BadLine when it is
 * damaged. All lines of a sub-agent's file count as lines of the sub-agent.
 */
export function parseLine(record: Record<string, unknown>, isSideFile = false): ParsedLine | undefined {
  const { type } = record;
  if (type === 'custom-title' || type === 'summary' || type === 'ai-title') return parseTitle(record);
  const isTalk = type === 'user' || type === 'assistant';
  if (!isTalk && typeof record['uuid'] !== 'string') return undefined;
  // Records that only connect lines may have another shape.
  if (!isTalk && !v.is(line, record)) return undefined;
  const raw = parse(line, record);
  const parent = raw.parentUuid ?? raw.logicalParentUuid;
  const base: TranscriptLine = {
    uuid: raw.uuid || digest(record),
    parent,
    at: raw.timestamp,
    role: null,
    isSide: raw.isSidechain || isSideFile,
    isCopy: raw.forkedFrom !== undefined && raw.forkedFrom !== null,
    root: raw.cwd !== null && /^(?:\/|[A-Za-z]:[\\/])/.test(raw.cwd) ? raw.cwd : null,
    version: raw.version,
    speech: null,
    blocks: [],
    call: null,
    failure: null,
  };
  return { sessionId: raw.sessionId, line: isTalk ? withMessage(base, raw) : withQueued(base, raw) };
}

function parseTitle(record: Record<string, unknown>): ParsedLine | undefined {
  const read = v.safeParse(title, record);
  if (!read.success) return undefined;
  const { customTitle, summary, aiTitle, leafUuid, sessionId } = read.output;
  const words = customTitle ?? summary ?? aiTitle;
  if (words === undefined || (sessionId === undefined && leafUuid === null)) return undefined;
  return { sessionId, title: { title: words, isChosen: customTitle !== undefined, leaf: leafUuid } };
}

function withMessage(base: TranscriptLine, raw: v.InferOutput<typeof line>): TranscriptLine {
  const said = parse(message, raw.message, 'message');
  const decision = v.is(permission, raw.permissionDecision) ? raw.permissionDecision.decision : null;
  const blocks = toBlocks(said.content, decision === null ? null : decision === 'reject');
  if (raw.type === 'user') {
    const texts = takeTexts(said.content);
    const flags = { isNote: raw.isMeta, isSummary: raw.isCompactSummary };
    return {
      ...base,
      role: 'user',
      speech: texts.length === 0 ? null : readSpeech(texts.join('\n'), flags),
      blocks: blocks.filter(({ type }) => type === 'result'),
    };
  }
  const { id, model, usage: used } = said;
  if (model !== '<synthetic>') {
    const call = { id: id ?? base.uuid, model, usage: used, costUsd: raw.costUSD ?? 0 };
    return { ...base, role: 'assistant', blocks, call };
  }
  const words = textOf(said.content);
  if (raw.isApiErrorMessage || words.startsWith('API Error'))
    return { ...base, role: 'assistant', failure: words };
  return FILLERS.has(words) ? base : { ...base, role: 'assistant', blocks };
}

/** Adds what the user said while the agent was busy. Other attachments only connect lines. */
function withQueued(base: TranscriptLine, raw: v.InferOutput<typeof line>): TranscriptLine {
  const read = raw.type === 'attachment' ? v.safeParse(attachment, raw.attachment) : undefined;
  if (!read?.success) return base;
  const texts = takeTexts(read.output.prompt);
  if (texts.length === 0) return base;
  const flags = { isNote: read.output.isMeta || raw.isMeta, isSummary: false };
  return { ...base, role: 'user', speech: readSpeech(texts.join('\n'), flags) };
}

function toBlocks(given: v.InferOutput<typeof content>, isDenied: boolean | null): Block[] {
  if (typeof given === 'string') return given === '' ? [] : [{ type: 'text', text: given }];
  return given.flatMap((each): Block[] => {
    if (each.type === 'text') return [{ type: 'text', text: parse(text, each['text'], 'text') }];
    // Also calls of tools that run on the server, such as `server_tool_use`.
    if (each.type.endsWith('tool_use')) return [{ type: 'call', ...parse(toolCall, each, each.type) }];
    if (!each.type.endsWith('tool_result')) return [];
    const { tool_use_id: id, content: result, is_error: isError } = parse(toolResult, each, each.type);
    return [{ type: 'result', id, text: textOf(result), isError, isDenied }];
  });
}

/** The texts of a line, with other content named by its type. Tool results and our own closing text are left out. */
function takeTexts(given: v.InferOutput<typeof content>): string[] {
  if (typeof given === 'string') return [given];
  const texts = given
    .filter(({ type }) => !type.endsWith('tool_result'))
    .map((each) => (each.type === 'text' ? parse(text, each['text'], 'text') : `[${each.type}]`));
  return texts.length > 1 && isOwnClosing(texts.at(-1)!) ? texts.slice(0, -1) : texts;
}

/** The text of a tool's result. Images and other content are named by their type. */
function textOf(given: unknown): string {
  if (typeof given === 'string') return given;
  if (given === null || given === undefined) return '';
  if (!Array.isArray(given)) return JSON.stringify(given);
  return given
    .map((each: unknown) => {
      const { type, ...rest } = parse(block, each, 'content');
      if (type === 'text' && typeof rest['text'] === 'string') return rest['text'];
      return /^(?:image|document)$/.test(type) ? `[${type}]` : JSON.stringify({ type, ...rest });
    })
    .join('\n');
}

/** An identity for lines without one: a digest of their content and time. */
function digest({ type, timestamp, sessionId, message: said }: Record<string, unknown>): string {
  const whole = JSON.stringify([type, timestamp, sessionId, said]);
  return createHash('sha256').update(whole).digest('hex').slice(0, 32);
}

/** The line with possible secrets masked. */
export function maskLine(given: TranscriptLine, { text: mask, json }: Masking): TranscriptLine {
  return {
    ...given,
    speech: given.speech && { ...given.speech, text: mask(given.speech.text) },
    failure: given.failure && mask(given.failure),
    blocks: given.blocks.map((each) =>
      each.type === 'call' ? { ...each, input: json(each.input) } : { ...each, text: mask(each.text) },
    ),
  };
}
