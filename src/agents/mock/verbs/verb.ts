import type { Turn } from '../turn.ts';
import { ScriptError } from './arguments.ts';
import type { Argument } from './arguments.ts';

export type Step = (turn: Turn) => unknown;

/** One verb of the script language: its syntax, what it does, and how a line is parsed into a step. */
export interface Verb {
  arguments: string;
  does: string;
  parse(line: string): Step;
}

type Values<List> = { -readonly [At in keyof List]: List[At] extends Argument<infer Value> ? Value : never };

/** Makes a verb from its arguments and the function that gets their values. */
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
