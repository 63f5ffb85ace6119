import type { Turn } from '../turn.ts';
import type { Arguments } from './arguments.ts';

export type Step = (turn: Turn) => void | Promise<void>;

/** One word of the script language: how it is written, what it does, and how a line of it becomes a step. */
export interface Verb {
  arguments: string;
  does: string;
  parse(given: Arguments): Step;
}

/** A verb without arguments. */
export function plainVerb(does: string, run: Step): Verb {
  return { arguments: '', does, parse: () => run };
}

/** A verb whose one argument is the rest of its line. */
export function textVerb(
  name: string,
  does: string,
  run: (turn: Turn, text: string) => void | Promise<void>,
): Verb {
  return {
    arguments: name,
    does,
    parse: (given) => {
      const text = given.text(name);
      return (turn) => run(turn, text);
    },
  };
}
