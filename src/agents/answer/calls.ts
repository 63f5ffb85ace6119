import type { PermissionDenial } from '../../model/model.ts';
import type { AgentEvent } from '../events.ts';

type ToolCall = Extract<AgentEvent, { type: 'tool_call' }>;
type ToolResult = Extract<AgentEvent, { type: 'tool_result' }>;

/** The tool calls of a turn, and which of them were denied, by an event of the agent or by the text of a result. */
export class AnswerCalls {
  readonly #open = new Map<string, ToolCall>();
  /** Denied calls whose results have not come yet. */
  readonly #refused = new Set<string>();
  readonly #denials = new Map<string, PermissionDenial>();
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get denials(): PermissionDenial[] {
    return [...this.#denials.values()];
  }

  begin(call: ToolCall): void {
    this.#count++;
    this.#open.set(call.id, call);
  }

  refuse(id: string): void {
    this.#refused.add(id);
  }

  /** The result, with `denied` added when it is known from elsewhere. */
  end(result: ToolResult): ToolResult {
    const { id } = result;
    const denied = this.#refused.delete(id) || result.denied;
    const call = this.#open.get(id);
    this.#open.delete(id);
    if (denied === true && call !== undefined)
      this.#denials.set(id, { tool_name: call.name, tool_use_id: id, tool_input: call.input });
    return { ...result, denied };
  }

  /** Adds the denials that the agent lists at the end of the turn. */
  addDenials(denials: readonly PermissionDenial[]): void {
    for (const denial of denials) this.#denials.set(denial.tool_use_id, denial);
  }
}
