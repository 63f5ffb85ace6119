import type { Turn } from '../turn.ts';
import { ScriptError } from './arguments.ts';
import type { Argument } from './arguments.ts';

export type Step = (turn: Turn) => unknown;

/** One word of the script language: how it is written, what it does, and how a line of it becomes a step. */
export interface Verb {
  arguments: string;
  does: string;
  parse(line: string): Step;
}

type Values<List> = { -readonly [At in keyof List]: List[At] extends Argument<infer Value> ? Value : never };

/** A verb from the list of its arguments and what is done with their values. */
export function verb<const List extends readonly Argument<unknown>[]>(
  list: List,
  does: string,
  run: (turn: Turn, ...values: Values<List>) => unknown,
): Verb {
  return {
    arguments: list.map(({ label }) => label).join(' '),
    does,
    parse: (line) => {
      let rest = line.trim();
      const values = list.map(({ take }) => {
        const [value, left] = take(rest);
        rest = left;
        return value;
      });
      if (rest !== '') throw new ScriptError(`'${rest}' is too much`);
      return (turn) => run(turn, ...(values as Values<List>));
    },
  };
}
