import { isDenialText } from '../agent/denial.ts';
import type { PermissionDenial, ToolCall, Usage } from '../core/model.ts';
import type { NewTurn } from '../store/transfer.ts';
import { blocksOf, textOf } from './claude-line.ts';
import type { ClaudeBlock, ClaudeLine } from './claude-line.ts';

const COUNTS = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
] as const;

/** A turn of a transcript, from its question on. A line is written for each block of a model's message. */
export class ClaudeTurn {
  readonly #asked: string;
  readonly #askedAt: number;
  #endedAt: number;
  readonly #said: string[] = [];
  #length = 0;
  readonly #calls = new Map<string, Omit<ToolCall, 'turnId'>>();
  /** By the model's message: each of its lines repeats the sum so far. */
  readonly #usages = new Map<string, Record<string, unknown>>();
  #model: string | null = null;
  #version: string | null = null;
  #failure: string | undefined;
  #isInterrupted = false;

  constructor(asked: string, line: ClaudeLine) {
    this.#asked = asked;
    this.#askedAt = Date.parse(line.timestamp);
    this.#endedAt = this.#askedAt;
    this.#version = line.version ?? null;
  }

  interrupt(line: ClaudeLine): void {
    this.#isInterrupted = true;
    this.#endedAt = Math.max(this.#endedAt, Date.parse(line.timestamp));
  }

  addAnswer(line: ClaudeLine): void {
    const { id, model, usage } = line.message;
    this.#endedAt = Math.max(this.#endedAt, Date.parse(line.timestamp));
    if (line.isApiErrorMessage) {
      this.#failure = blocksOf(line)
        .map(({ text }) => String(text))
        .join('\n');
      return;
    }
    if (model !== '<synthetic>') this.#model = model ?? this.#model;
    if (usage) this.#usages.set(id ?? line.timestamp, usage);
    for (const block of blocksOf(line)) this.#addBlock(block);
  }

  addResult({ tool_use_id: id, content, is_error }: ClaudeBlock): void {
    const call = this.#calls.get(String(id));
    if (call === undefined) return;
    call.result = textOf(content);
    call.isError = is_error === true;
    call.denied = call.isError && isDenialText(call.result);
  }

  build(): NewTurn {
    const calls = [...this.#calls.values()];
    const isDone =
      this.#failure === undefined && !this.#isInterrupted && (this.#said.length > 0 || calls.length > 0);
    const failure = this.#failure ?? (isDone ? null : 'The turn was interrupted.');
    return {
      isCopy: false,
      turn: {
        status: isDone ? 'completed' : this.#failure === undefined ? 'interrupted' : 'failed',
        continuity: null,
        limits: { timeoutMs: null, stallTimeoutMs: 0, maxTurns: null, maxBudgetUsd: null },
        errorCode: isDone ? null : this.#failure === undefined ? 'INTERRUPTED' : 'AGENT_FAILED',
        errorMessage: failure,
        usage: this.#usage(),
        usageByModel: null,
        costUsd: 0,
        numTurns: this.#usages.size,
        permissionDenials: calls.filter(({ denied }) => denied).map(toDenial),
        durationMs: this.#endedAt - this.#askedAt,
        ttftMs: null,
        model: this.#model,
        agentVersion: this.#version,
        exitCode: null,
        queuedAt: this.#askedAt,
        startedAt: this.#askedAt,
        endedAt: this.#endedAt,
      },
      messages: [
        { role: 'user', createdAt: this.#askedAt, pieces: [this.#asked] },
        ...(isDone || this.#said.length > 0
          ? [{ role: 'assistant' as const, createdAt: this.#endedAt, pieces: this.#said }]
          : []),
      ],
      toolCalls: calls,
    };
  }

  #addBlock(block: ClaudeBlock): void {
    const { id, name, input, text } = block;
    if (block.type === 'text' && typeof text === 'string') {
      this.#said.push(text);
      this.#length += text.length;
    }
    if (block.type !== 'tool_use' || typeof id !== 'string' || typeof name !== 'string') return;
    const call = { id, name, input: input ?? null, result: null, isError: false, denied: false };
    this.#calls.set(id, { ...call, textOffset: this.#length });
  }

  #usage(): Usage | null {
    if (this.#usages.size === 0) return null;
    const usage = {
      input_tokens: 0,
      output_tokens: 0,
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    };
    for (const each of this.#usages.values())
      for (const name of COUNTS) usage[name] += Math.max(Math.trunc(Number(each[name] ?? 0)) || 0, 0);
    return usage;
  }
}

function toDenial({ id, name, input }: Omit<ToolCall, 'turnId'>): PermissionDenial {
  return { tool_name: name, tool_use_id: id, tool_input: input };
}
