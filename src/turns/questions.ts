import { setTimeout as pause } from 'node:timers/promises';
import type { PermissionAnswer } from '../agents/agent.ts';
import type { AgentEvent } from '../agents/events.ts';
import type { Answer } from '../model/approval.ts';
import type { Turn } from '../model/model.ts';
import type { TurnOutput } from '../model/records.ts';
import type { ApprovalAnswer, ApprovalStore } from '../store/approval-store.ts';
import { createRedactor } from './redact.ts';

type Question = Extract<AgentEvent, { type: 'permission_request' }>;

/** The turn that asks, and how the agent gets the answer. */
interface Asker {
  turn: Turn;
  /** Rules that the user has added. The agent has them too, but does not match every command as a whole. */
  allowed: readonly string[];
  approvals: ApprovalStore;
  answer(requestId: string, answer: PermissionAnswer): Promise<void>;
  /** Called when a question was answered. */
  onAnswer(): void;
}

/** The interval for reading answers from the store. Each read takes its lock. */
const LOOK_MS = 300;

/** Passes an agent's questions to the user through the store, and the answers to the agent. */
export class Questions {
  readonly #asker: Asker;
  readonly #allowed: Set<string>;
  /** The open questions, by id. */
  readonly #open = new Map<string, Question>();
  readonly #stop = new AbortController();
  #told: TurnOutput[] = [];
  #isLooking = false;

  constructor(asker: Asker) {
    this.#asker = asker;
    this.#allowed = new Set(asker.allowed);
  }

  get isAsking(): boolean {
    return this.#open.size > 0;
  }

  /** The records for answers since the last call. */
  takeTold(): TurnOutput[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /**
   * Stores a question, and resolves when others can answer it. Resolves to false when a rule allows the call already.
   */
  async ask(question: Question): Promise<boolean> {
    const { requestId, input, rule } = question;
    if (input === null) await this.#refuse(question, 'Its input is too long to be asked about.');
    else if (rule === null || !this.#allowed.has(rule)) await this.#put(question);
    else {
      await this.#asker.answer(requestId, { isAllowed: true, input, rule });
      return false;
    }
    return true;
  }

  async #put(question: Question): Promise<void> {
    const { turn, approvals } = this.#asker;
    const { id, toolUseId, tool, input } = question;
    const { askTimeoutMs = 0, redact } = turn.limits;
    const shown = redact === undefined ? input : createRedactor(redact).json(input);
    // A rule that contains a secret is not stored.
    const rule = JSON.stringify(shown) === JSON.stringify(input) ? question.rule : null;
    const askedAt = Date.now();
    const { id: turnId, sessionId, owner } = turn;
    const asked = { id, sessionId, turnId, owner: owner!, toolUseId, tool, input: shown, rule };
    try {
      if (!(await approvals.ask({ ...asked, askedAt, expiresAt: askedAt + askTimeoutMs }))) return;
    } catch (error) {
      return await this.#refuse(question, `The user can't be asked: ${(error as Error).message}`);
    }
    this.#open.set(id, question);
    void this.#look();
  }

  /** Removes a question that the agent no longer asks. */
  async cancel(requestId: string): Promise<void> {
    for (const question of this.#open.values())
      if (question.requestId === requestId) await this.#close(question, WITHDRAWN);
  }

  /** Stops reading answers. Open questions are removed with the turn. */
  stop(): void {
    this.#stop.abort();
    this.#open.clear();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const { approvals, turn } = this.#asker;
    while (this.isAsking && !this.#stop.signal.aborted) {
      await pause(LOOK_MS, undefined, { signal: this.#stop.signal }).catch(() => {});
      // When the store can't be read now, the next read may work.
      const all = this.isAsking ? await approvals.ofTurn(turn.id).catch(() => []) : [];
      for (const { id, expiresAt, ...answer } of all) {
        const question = this.#open.get(id);
        if (question === undefined) continue;
        if (answer.answer !== null) this.#hand(question, answer as ApprovalAnswer);
        else if (Date.now() >= expiresAt) await this.#close(question, TIMEOUT);
      }
    }
    this.#isLooking = false;
  }

  /** Answers a question for the user, unless the user answered first. */
  async #close(question: Question, answer: ApprovalAnswer): Promise<void> {
    const isClosed = await this.#asker.approvals.answer(question.id, answer).catch(() => false);
    if (isClosed && this.#open.has(question.id)) this.#hand(question, answer);
  }

  #hand(question: Question, { answer, message, always }: ApprovalAnswer): void {
    const { requestId, id, input, rule } = question;
    this.#open.delete(id);
    if (always && rule !== null) this.#allowed.add(rule);
    if (answer === 'allow')
      void this.#asker.answer(requestId, { isAllowed: true, input: input!, rule: always ? rule : null });
    else if (answer !== 'withdrawn')
      void this.#asker.answer(requestId, { isAllowed: false, message: describeDenial(answer, message) });
    this.#tell(id, answer);
  }

  async #refuse({ requestId, id }: Question, why: string): Promise<void> {
    await this.#asker.answer(requestId, { isAllowed: false, message: describeDenial('withdrawn', why) });
    this.#tell(id, 'withdrawn');
  }

  #tell(approval: string, answer: Answer): void {
    const { id, sessionId } = this.#asker.turn;
    const ids = { session_id: sessionId, turn_id: id };
    this.#told.push({ type: 'status', ...ids, status: 'approval_answered', approval, answer });
    this.#asker.onAnswer();
  }
}

const TIMEOUT: ApprovalAnswer = { answer: 'timeout', message: null, always: false };
const WITHDRAWN: ApprovalAnswer = { answer: 'withdrawn', message: null, always: false };

/** The denial for the agent. agents/claude/denial.ts recognizes this text. */
export function describeDenial(answer: Exclude<Answer, 'allow'>, message: string | null): string {
  if (answer === 'timeout') return 'Nobody approved this call in time.';
  const what = answer === 'deny' ? 'The user denied this call' : 'This call was denied without asking';
  return message === null ? `${what}.` : `${what}: ${message}`;
}
