import type { Answer, Approval } from '../model/approval.ts';
import type { Author } from '../model/session-change.ts';

/** A question, as the owner of a turn asks it. */
export type NewApproval = Omit<Approval, 'answer' | 'message' | 'always'> & { owner: string };

/** What there is to say to a question. `always` adds its rule to those of its session. */
export interface ApprovalAnswer {
  answer: Answer;
  message: string | null;
  always: boolean;
}

/** The tool calls that wait for the user's word. They go with the end of their turn, answered or not. */
export interface ApprovalStore {
  /** False when the turn has ended already, or is not its owner's any more. */
  ask(approval: NewApproval): Promise<boolean>;
  /** The open ones of this session (of all, without one), oldest first. */
  open(sessionId?: string): Promise<Approval[]>;
  /** All of a turn, answered ones too, oldest first. */
  ofTurn(turnId: number): Promise<Approval[]>;
  /** Those whose id begins so, answered ones too. */
  findByPrefix(prefix: string): Promise<Approval[]>;
  /** Answers an open one, once: false when it is not open (any more). A rule that an author adds is on record. */
  answer(id: string, answer: ApprovalAnswer, author?: Author): Promise<boolean>;
}
