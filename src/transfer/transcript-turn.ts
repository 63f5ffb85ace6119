import { isDenialText } from '../agents/claude/denial.ts';
import type { PermissionDenial, ToolCall } from '../model/model.ts';
import type { NewTurn } from '../store/transfer-store.ts';
import { sumCalls } from './transcript-calls.ts';
import type { Block, ModelCall, TranscriptLine } from './transcript-line.ts';

type ResultBlock = Extract<Block, { type: 'result' }>;
type Call = Omit<ToolCall, 'turnId'>;

/** The state of a turn after its last line. */
type State = 'open' | 'answered' | 'failed' | 'interrupted';

/** A turn of a transcript: the user's message, if any, and what the agent did after it. */
export class TranscriptTurn {
  /** Its first line, which is the identity of the turn. */
  readonly key: string;
  readonly startedAt: number;
  readonly #asked: string;
  #endedAt: number;
  readonly #said: string[] = [];
  #length = 0;
  /** The message of the last text; null when something came after it. */
  #lastMessage: string | null = null;
  #isApart = false;
  readonly #tools = new Map<string, Call>();
  readonly #ownCalls = new Set<string>();
  #model: string | null = null;
  #version: string | null = null;
  #state: State = 'open';
  #failure = '';

  constructor(key: string, at: number, asked: string) {
    this.key = key;
    this.#asked = asked;
    this.startedAt = at;
    this.#endedAt = at;
  }

  /** The ids of the model's messages in the turn. */
  get callIds(): Iterable<string> {
    return this.#ownCalls;
  }

  interrupt({ at }: TranscriptLine): void {
    this.#state = 'interrupted';
    this.#endedAt = Math.max(this.#endedAt, at);
  }

  /** Marks the turn as complete without an answer. */
  settle(): void {
    this.#state = 'answered';
  }

  addResults({ blocks, at }: TranscriptLine): void {
    for (const block of blocks) if (block.type === 'result') this.#addResult(block, at);
  }

  addAnswer({ at, blocks, call, failure, version }: TranscriptLine): void {
    this.#endedAt = Math.max(this.#endedAt, at);
    this.#version = version ?? this.#version;
    if (call !== null) {
      this.#ownCalls.add(call.id);
      this.#model = call.model ?? this.#model;
    }
    if (failure !== null) {
      this.#state = 'failed';
      this.#failure = failure;
      return;
    }
    for (const block of blocks)
      if (block.type === 'text') this.#say(block.text, call?.id ?? null);
      else if (block.type === 'result') this.#addResult(block, at);
      else if (!this.#tools.has(block.id)) {
        const { id, name, input } = block;
        const textOffset = this.#length;
        this.#tools.set(id, { id, name, input, result: null, isError: false, denied: false, textOffset });
        this.#isApart = true;
        this.#state = 'answered';
      }
  }

  /** The turn with the usage of these calls. The usage of a copy counts elsewhere. */
  build(calls: readonly ModelCall[], isCopy: boolean): NewTurn {
    const tools = [...this.#tools.values()];
    const status = this.#status();
    const failure = {
      completed: { errorCode: null, errorMessage: null },
      failed: { errorCode: 'AGENT_FAILED', errorMessage: this.#failure },
      interrupted: { errorCode: 'INTERRUPTED', errorMessage: 'The turn was interrupted.' },
    }[status];
    const hasAnswer = this.#said.length > 0 || this.#tools.size > 0;
    return {
      isCopy,
      turn: {
        status,
        continuity: null,
        limits: { timeoutMs: null, stallTimeoutMs: 0, maxTurns: null, maxBudgetUsd: null },
        ...failure,
        retryAt: null,
        ...sumCalls(isCopy ? [] : calls),
        numTurns: this.#ownCalls.size,
        permissionDenials: tools.filter(({ denied }) => denied).map(toDenial),
        output: null,
        durationMs: this.#endedAt - this.startedAt,
        ttftMs: null,
        model: this.#model,
        agentVersion: this.#version,
        exitCode: null,
        queuedAt: this.startedAt,
        startedAt: this.startedAt,
        endedAt: this.#endedAt,
      },
      messages: [
        ...(this.#asked === ''
          ? []
          : [{ role: 'user' as const, createdAt: this.startedAt, pieces: [this.#asked] }]),
        ...(hasAnswer ? [{ role: 'assistant' as const, createdAt: this.#endedAt, pieces: this.#said }] : []),
      ],
      toolCalls: tools,
    };
  }

  /** A turn whose last call has no result was interrupted. */
  #status(): 'completed' | 'failed' | 'interrupted' {
    if (this.#state === 'failed') return 'failed';
    const isWaiting = this.#isApart && [...this.#tools.values()].at(-1)?.result === null;
    return this.#state === 'answered' && !isWaiting ? 'completed' : 'interrupted';
  }

  /** A blank line separates texts of different messages, and texts before and after a tool call, as in live answers. */
  #say(text: string, message: string | null): void {
    if (text === '') return;
    const isOther = this.#isApart || message !== this.#lastMessage;
    const piece = this.#said.length > 0 && isOther ? `\n\n${text}` : text;
    this.#said.push(piece);
    this.#length += piece.length;
    this.#lastMessage = message;
    this.#isApart = false;
    this.#state = 'answered';
  }

  #addResult({ id, text, isError, isDenied }: ResultBlock, at: number): void {
    const call = this.#tools.get(id);
    if (call === undefined) return;
    this.#endedAt = Math.max(this.#endedAt, at);
    call.result = text;
    call.isError = isError;
    call.denied = isDenied ?? (isError && isDenialText(text));
  }
}

function toDenial({ id, name, input }: Call): PermissionDenial {
  return { tool_name: name, tool_use_id: id, tool_input: input };
}
