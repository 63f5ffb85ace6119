import { randomUUID } from 'node:crypto';
import { TEXT_SLOT } from './output.ts';
import type { LineOutput } from './output.ts';
import { messageRecord, messageUsage, resultUsage, streamRecord, systemRecord } from './records.ts';
import type { TokenUsage } from './usage.ts';

/** How a model call is printed: block by block with deltas, finished blocks only, or whole after a lost connection. */
export type Delivery = 'partial' | 'blocks' | 'retried';

const INPUT_TOKENS = 1650;
const CHARACTERS_PER_TOKEN = 4;

interface Speaker {
  sessionId: string;
  model: string;
  output: LineOutput;
}

/** One answer of the model as claude prints it: its message, its content blocks, and what it used. */
export class ModelCall {
  readonly #speaker: Speaker;
  readonly #delivery: Delivery;
  readonly #about: () => object;
  readonly #id = `msg_mock${randomId()}`;
  readonly #requestId = `req_mock${randomId()}`;
  #index = -1;
  #characters = 0;
  /** The open text block, as it is and as it stands in JSON. */
  #openText: { text: string; escaped: string } | null = null;
  #fixedUsage: TokenUsage | null = null;
  hasText = false;

  /** `about` is asked for more fields of each finished block. */
  constructor(speaker: Speaker, delivery: Delivery, about: () => object) {
    this.#speaker = speaker;
    this.#delivery = delivery;
    this.#about = about;
  }

  start(ttftMs: number, about: object): void {
    if (this.#delivery === 'retried') return;
    const message = { ...this.#message([]), usage: messageUsage({ ...this.usage, output: 1 }) };
    this.#event({ type: 'message_start', message }, { ttft_ms: ttftMs, ...about });
  }

  get usage(): TokenUsage {
    const output = Math.max(1, Math.ceil(this.#characters / CHARACTERS_PER_TOKEN));
    return this.#fixedUsage ?? { input: INPUT_TOKENS, output };
  }

  fixUsage(usage: TokenUsage): void {
    this.#fixedUsage = usage;
  }

  delta(text: string): void {
    if (this.#openText === null) {
      this.#startBlock({ type: 'text', text: '' });
      this.#openText = { text: '', escaped: '' };
    }
    const escaped = JSON.stringify(text).slice(1, -1);
    this.#openText.text += text;
    this.#openText.escaped += escaped;
    this.#characters += text.length;
    this.hasText = true;
    if (this.#delivery !== 'partial') return;
    const delta = { type: 'text_delta', text: TEXT_SLOT };
    this.#speaker.output.textLine(
      this.#streamed({ type: 'content_block_delta', index: this.#index, delta }),
      escaped,
    );
  }

  /** Finishes the open text block and returns its text; undefined when none is open. */
  endText({ interrupted = false } = {}): string | undefined {
    if (this.#openText === null) return undefined;
    const { text, escaped } = this.#openText;
    this.#openText = null;
    this.#speaker.output.textLine(this.#assistant({ type: 'text', text: TEXT_SLOT }), escaped);
    if (!interrupted) this.#stopBlock();
    return text;
  }

  think(thinking: string): void {
    const signature = Buffer.from('mock').toString('base64');
    this.#startBlock({ type: 'thinking', thinking: '', signature: '' });
    const tokens = Math.ceil(thinking.length / CHARACTERS_PER_TOKEN);
    this.#system('thinking_tokens', { estimated_tokens: tokens, estimated_tokens_delta: tokens });
    this.#delta({ type: 'thinking_delta', thinking });
    this.#delta({ type: 'signature_delta', signature });
    this.#speaker.output.record(this.#assistant({ type: 'thinking', thinking, signature }));
    this.#stopBlock();
  }

  /** Prints a tool call and returns its id. */
  toolUse(name: string, input: unknown, meta: object | undefined): string {
    const id = `toolu_mock${randomId()}`;
    const json = JSON.stringify(input);
    this.#startBlock({ type: 'tool_use', id, name, input: {} });
    this.#delta({ type: 'input_json_delta', partial_json: json });
    const fields = meta === undefined ? {} : { tool_use_meta: [{ id, ...meta }] };
    this.#speaker.output.record({ ...this.#assistant({ type: 'tool_use', id, name, input }), ...fields });
    this.#stopBlock();
    this.#characters += json.length;
    return id;
  }

  stop(reason: string): void {
    const delta = { stop_reason: reason, stop_sequence: null };
    this.#event({ type: 'message_delta', delta, usage: messageUsage(this.usage) });
    this.#event({ type: 'message_stop' });
  }

  #startBlock(block: object): void {
    this.#index += 1;
    this.#event({ type: 'content_block_start', index: this.#index, content_block: block });
  }

  #stopBlock(): void {
    this.#event({ type: 'content_block_stop', index: this.#index });
  }

  #delta(delta: object): void {
    this.#event({ type: 'content_block_delta', index: this.#index, delta });
  }

  #event(event: object, fields: object = {}): void {
    if (this.#delivery === 'partial') this.#speaker.output.record(this.#streamed(event, fields));
  }

  #system(subtype: string, fields: object): void {
    if (this.#delivery === 'partial') {
      this.#speaker.output.record(systemRecord(this.#speaker.sessionId, subtype, fields));
    }
  }

  #streamed(event: object, fields: object = {}): object {
    return streamRecord(this.#speaker.sessionId, event, fields);
  }

  #message(content: unknown[]): object {
    const { model } = this.#speaker;
    return {
      id: this.#id,
      type: 'message',
      role: 'assistant',
      model,
      content,
      stop_reason: null,
      stop_sequence: null,
    };
  }

  #assistant(block: object): object {
    const whole = this.#delivery === 'retried';
    const message = {
      ...this.#message([block]),
      ...(whole ? { stop_reason: 'end_turn' } : {}),
      usage: whole ? resultUsage(this.usage) : messageUsage({ ...this.usage, output: 1 }),
      context_management: null,
    };
    return messageRecord(this.#speaker.sessionId, 'assistant', message, {
      request_id: this.#requestId,
      ...this.#about(),
    });
  }
}

function randomId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 20);
}
