import { setTimeout as pause } from 'node:timers/promises';
import type { PermissionAnswer } from '../agents/agent.ts';
import type { AgentEvent } from '../agents/events.ts';
import type { Answer } from '../model/approval.ts';
import type { Turn } from '../model/model.ts';
import type { TurnOutput } from '../model/records.ts';
import type { ApprovalAnswer, ApprovalStore } from '../store/approval-store.ts';
import { createRedactor } from './redact.ts';

type Question = Extract<AgentEvent, { type: 'permission_request' }>;

/** Who asked, and how the agent hears the answer. */
interface Asker {
  turn: Turn;
  /** Rules that the user has added. The agent knows them too, but it does not match every command as a whole. */
  allowed: readonly string[];
  approvals: ApprovalStore;
  answer(requestId: string, answer: PermissionAnswer): Promise<void>;
  /** Called when a question was answered. */
  onAnswer(): void;
}

/** How often the store is asked for answers: each time takes its lock. */
const LOOK_MS = 300;

/** Puts an agent's questions to the user by way of the store, and hands it the answers. */
export class Questions {
  readonly #asker: Asker;
  readonly #allowed: Set<string>;
  /** By their ids. */
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

  /** What there is to tell of answers since the last time. */
  takeTold(): TurnOutput[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /** Resolves when others can answer it; to false where it is allowed already. */
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
    // A rule that names a secret is not written down.
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

  /** Takes a question back that the agent has no use for any more. */
  async cancel(requestId: string): Promise<void> {
    for (const question of this.#open.values())
      if (question.requestId === requestId) await this.#close(question, WITHDRAWN);
  }

  /** Looks for no more answers; what is open then goes with the turn. */
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
      // A store that can't be read now is read the next time.
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

  /** Answers a question in the user's place, unless the user was quicker. */
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

/** What the agent is told; agents/claude/denial.ts knows these words. */
function describeDenial(answer: Exclude<Answer, 'allow'>, message: string | null): string {
  if (answer === 'timeout') return 'Nobody approved this call in time.';
  const what = answer === 'deny' ? 'The user denied this call' : 'This call was denied without asking';
  return message === null ? `${what}.` : `${what}: ${message}`;
}
