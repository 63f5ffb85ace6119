/**
 * The rows of messages and tool calls, and their conversion to the model's types. Flags are 0 or 1. Lists and objects
 * are JSON.
 */
import { TURN } from '../model/codec.ts';
import type { Message, Role, ToolCall, Turn, TurnStatus } from '../model/model.ts';
import type { MessageFile } from '../model/message-file.ts';
import type { RecordedChange } from '../model/session-change.ts';
import type { SearchHit, Snippet } from './message-store.ts';

export interface MessageRow {
  id: number;
  session_id: string;
  turn_id: number;
  role: Role;
  created_at: number;
  /** The number of parts of the content in `message_parts`. */
  parts: number;
  content: string;
}

export interface ToolCallRow {
  turn_id: number;
  id: string;
  name: string;
  input: string;
  result: string | null;
  is_error: number;
  denied: number;
  text_offset: number;
}

export interface ChangeRow {
  session_id: string;
  what: RecordedChange['what'];
  from_value: string;
  to_value: string;
  by_user: string;
  at: number;
}

export function toChange(row: ChangeRow): RecordedChange {
  const { session_id: sessionId, what, from_value: from, to_value: to, by_user: by, at } = row;
  return { sessionId, what, from: JSON.parse(from), to: JSON.parse(to), by, at };
}

/** The status is that of the turn, as are the cost and the output of an answer. */
export function toMessage(
  row: MessageRow & { status: TurnStatus; cost_usd: number; output: string | null },
  content: string,
  files: MessageFile[],
  toolCalls: ToolCall[],
): Message {
  return {
    id: row.id,
    sessionId: row.session_id,
    turnId: row.turn_id,
    role: row.role,
    content,
    status: row.status,
    files,
    toolCalls,
    output: row.role === 'assistant' && row.output !== null ? JSON.parse(row.output) : null,
    costUsd: row.role === 'assistant' ? row.cost_usd : 0,
    createdAt: row.created_at,
  };
}

export function toToolCall(row: ToolCallRow): ToolCall {
  return {
    id: row.id,
    turnId: row.turn_id,
    name: row.name,
    input: JSON.parse(row.input),
    result: row.result,
    isError: row.is_error !== 0,
    denied: row.denied !== 0,
    textOffset: row.text_offset,
  };
}

/** Throws for a damaged row without one of its required texts. */
export function requireTexts(row: object, columns: readonly string[]): void {
  const texts = row as Record<string, unknown>;
  const missing = columns.find((column) => typeof texts[column] !== 'string');
  if (missing !== undefined) throw new Error(`a row has no ${missing}`);
}

export function toTurn(row: object): Turn {
  requireTexts(row, ['session_id', 'status', 'limits', 'permission_denials']);
  return TURN.fromRow(row);
}

/** A message that a search found. */
export interface HitRow {
  id: number;
  turn_id: number;
  session_id: string;
  name: string | null;
  role: Role;
  created_at: number;
}

export function toHit(row: HitRow & { score: number }, snippet: Snippet): SearchHit {
  return {
    messageId: row.id,
    turnId: row.turn_id,
    sessionId: row.session_id,
    sessionName: row.name,
    role: row.role,
    createdAt: row.created_at,
    score: row.score,
    ...snippet,
  };
}
