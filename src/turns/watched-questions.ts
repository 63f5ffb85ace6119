import type { AgentEvent } from '../agents/events.ts';
import type { Answer } from '../model/approval.ts';
import type { Turn } from '../model/model.ts';
import type { StatusRecord, TurnOutput } from '../model/records.ts';
import type { ApprovalStore } from '../store/approval-store.ts';
import { describeDenial } from './questions.ts';

/** Reports the answers to a turn's questions to its readers in other processes. The log contains only the questions. */
export class WatchedQuestions {
  readonly #turn: Turn;
  readonly #approvals: ApprovalStore;
  /** The open questions: the id of each, by that of its tool call. */
  readonly #open = new Map<string, string>();

  constructor(turn: Turn, approvals: ApprovalStore) {
    this.#turn = turn;
    this.#approvals = approvals;
  }

  /**
   * Pass each event before it is yielded. Tool results count as answers too, because the store removes a turn's answers
   * at its end.
   */
  push(event: AgentEvent): TurnOutput[] {
    if (event.type === 'permission_request') this.#open.set(event.toolUseId, event.id);
    if (event.type !== 'tool_result') return [];
    const approval = this.#open.get(event.id);
    if (approval === undefined) return [];
    const isLate = event.content.includes(describeDenial('timeout', null));
    return [this.#tell(event.id, approval, isLate ? 'timeout' : event.denied === true ? 'deny' : 'allow')];
  }

  /** The answers since the last call. */
  async takeTold(): Promise<TurnOutput[]> {
    if (this.#open.size === 0) return [];
    const all = await this.#approvals.ofTurn(this.#turn.id);
    return all.flatMap(({ id, toolUseId, answer }) =>
      answer !== null && this.#open.get(toolUseId) === id ? [this.#tell(toolUseId, id, answer)] : [],
    );
  }

  #tell(toolUseId: string, approval: string, answer: Answer): StatusRecord {
    this.#open.delete(toolUseId);
    const { id, sessionId } = this.#turn;
    const ids = { session_id: sessionId, turn_id: id };
    return { type: 'status', ...ids, status: 'approval_answered', approval, answer };
  }
}
