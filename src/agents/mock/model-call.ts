import { randomUUID } from 'node:crypto';
import type { Output } from './output.ts';
import { messageUsage, turnUsage } from './usage.ts';
import type { TokenUsage } from './usage.ts';

const INPUT_TOKENS = 1650;
const CHARACTERS_PER_TOKEN = 4;

interface Delivery {
  model: string;
  output: Output;
  /** False means that the answer comes without deltas, as after a lost connection. */
  isStreamed: boolean;
  /** More fields of each finished block. */
  about(): object;
  fixedUsage(): TokenUsage | undefined;
}

/** One answer of the model as claude prints it: its message, its content blocks, and its usage. */
export class ModelCall {
  readonly #delivery: Delivery;
  readonly #id = randomId('msg');
  readonly #requestId = randomId('req');
  #index = -1;
  #characters = 0;
  #openText: string | null = null;
  hasText = false;

  constructor(delivery: Delivery) {
    this.#delivery = delivery;
  }

  start(ttftMs: number, about: object): void {
    this.#event({ type: 'message_start', message: this.#message([]) }, { ttft_ms: ttftMs, ...about });
  }

  get usage(): TokenUsage {
    const output = Math.max(1, Math.ceil(this.#characters / CHARACTERS_PER_TOKEN));
    return this.#delivery.fixedUsage() ?? { input: INPUT_TOKENS, output };
  }

  delta(text: string): void {
    if (this.#openText === null) this.#startBlock({ type: 'text', text: '' });
    this.#openText = `${this.#openText ?? ''}${text}`;
    this.#characters += text.length;
    this.hasText = true;
    this.#delta({ type: 'text_delta', text });
  }

  /** Finishes the open text block and returns its text; null when none is open. */
  endText(isInterrupted: boolean): string | null {
    const text = this.#openText;
    if (text === null) return null;
    this.#openText = null;
    this.#finishBlock({ type: 'text', text }, {}, isInterrupted);
    return text;
  }

  think(thinking: string): void {
    const signature = Buffer.from('mock').toString('base64');
    const tokens = Math.ceil(thinking.length / CHARACTERS_PER_TOKEN);
    const estimate = { estimated_tokens: tokens, estimated_tokens_delta: tokens };
    if (this.#delivery.isStreamed) this.#delivery.output.system('thinking_tokens', estimate);
    this.#startBlock({ type: 'thinking', thinking: '', signature: '' });
    this.#delta({ type: 'thinking_delta', thinking });
    this.#delta({ type: 'signature_delta', signature });
    this.#finishBlock({ type: 'thinking', thinking, signature });
  }

  /** Prints a tool call and returns its id. */
  toolUse(name: string, input: unknown, meta: object | undefined): string {
    const id = randomId('toolu');
    const json = JSON.stringify(input);
    this.#characters += json.length;
    this.#startBlock({ type: 'tool_use', id, name, input: {} });
    this.#delta({ type: 'input_json_delta', partial_json: json });
    this.#finishBlock({ type: 'tool_use', id, name, input }, meta && { tool_use_meta: [{ id, ...meta }] });
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

  #delta(delta: object): void {
    this.#event({ type: 'content_block_delta', index: this.#index, delta });
  }

  #finishBlock(block: object, fields: object = {}, isInterrupted = false): void {
    const { output, about, isStreamed } = this.#delivery;
    const whole = isStreamed ? {} : { stop_reason: 'end_turn', usage: turnUsage(this.usage) };
    const message = { ...this.#message([block]), context_management: null, ...whole };
    output.assistant(message, { request_id: this.#requestId, ...about(), ...fields });
    if (!isInterrupted) this.#event({ type: 'content_block_stop', index: this.#index });
  }

  #event(event: object, fields: object = {}): void {
    if (this.#delivery.isStreamed) this.#delivery.output.event(event, fields);
  }

  #message(content: unknown[]): object {
    return {
      id: this.#id,
      type: 'message',
      role: 'assistant',
      model: this.#delivery.model,
      content,
      stop_reason: null,
      stop_sequence: null,
      usage: messageUsage({ ...this.usage, output: 1 }),
    };
  }
}

function randomId(kind: string): string {
  return `${kind}_mock${randomUUID().replaceAll('-', '').slice(0, 20)}`;
}
