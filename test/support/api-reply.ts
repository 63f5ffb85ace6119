/**
 * An answer of the fake Messages API: a list of parts, sent in order. `hang`, `drop` and `streamError` come last, and
 * interrupt the block before them.
 */

export interface TokenUsage {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
}

export type Part =
  | { type: 'text'; deltas: Iterable<string>; pauseMs: number }
  | { type: 'thinking'; thinking: string }
  | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> }
  | { type: 'hang' }
  | { type: 'drop' }
  | { type: 'error'; error: { type: string; message: string } };

export interface ModelReply {
  parts: Part[];
  usage?: Partial<TokenUsage>;
  stopReason?: string;
}

export interface HttpFailure {
  status: number;
  error: { type: string; message: string };
  headers?: Record<string, string>;
}

export type Reply = ModelReply | HttpFailure;

let lastToolUse = 0;

/** A model's message with these parts. */
export function reply(...parts: (Part | string)[]): ModelReply {
  return { parts: parts.map((part) => (typeof part === 'string' ? text([part]) : part)) };
}

/** A text block that arrives as these deltas, `pauseMs` apart. */
export function text(deltas: Iterable<string>, pauseMs = 0): Part {
  return { type: 'text', deltas, pauseMs };
}

export function thinking(thought: string): Part {
  return { type: 'thinking', thinking: thought };
}

export function toolUse(name: string, input: Record<string, unknown>): Part {
  return { type: 'tool_use', id: `toolu_${++lastToolUse}`, name, input };
}

/** Sends nothing more and keeps the connection open. */
export function hang(): Part {
  return { type: 'hang' };
}

/** Ends the connection. */
export function drop(): Part {
  return { type: 'drop' };
}

/** An `error` event inside the stream. `httpFailure` is an error response without a stream. */
export function streamError(type: string, message: string): Part {
  return { type: 'error', error: { type, message } };
}

export function httpFailure(status: number, type: string, message: string): HttpFailure {
  return { status, error: { type, message }, headers: {} };
}
