import type { Turn } from '../turn.ts';
import type { Arguments } from './arguments.ts';

export type Step = (turn: Turn) => void | Promise<void>;

/** One word of the script language: how it is written, what it does, and how a line of it becomes a step. */
export interface Verb {
  arguments: string;
  does: string;
  parse(given: Arguments): Step;
}
