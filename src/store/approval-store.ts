import type { Answer, Approval } from '../model/approval.ts';
import type { Author } from '../model/session-change.ts';

/** A question, as the owner of a turn asks it. */
export type NewApproval = Omit<Approval, 'answer' | 'message' | 'always'> & { owner: string };

/** The answer to a question. `always` adds its rule to those of its session. */
export interface ApprovalAnswer {
  answer: Answer;
  message: string | null;
  always: boolean;
}

/** The tool calls that wait for the user's answer. They are removed at the end of their turn, answered or not. */
export interface ApprovalStore {
  /** Returns false when the turn has ended already, or is no longer its owner's. */
  ask(approval: NewApproval): Promise<boolean>;
  /** The open questions of a session, or of all sessions, oldest first. */
  open(sessionId?: string): Promise<Approval[]>;
  /** All questions of a turn, with answered ones, oldest first. */
  ofTurn(turnId: number): Promise<Approval[]>;
  /** The questions whose id begins with `prefix`, with answered ones. */
  findByPrefix(prefix: string): Promise<Approval[]>;
  /**
   * Answers an open question once. Returns false when it is not open. A rule that an author adds is recorded as a
   * change of the session.
   */
  answer(id: string, answer: ApprovalAnswer, author?: Author): Promise<boolean>;
}
