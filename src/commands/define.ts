import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Invocation } from './invocation.ts';

type Positionals = Record<string, PositionalOptions>;
type OptionTable = Record<string, Options>;
type ArgumentsOf<P extends Positionals, O extends OptionTable> = InferredOptionTypes<P> &
  InferredOptionTypes<O>;

/** A verb: what it takes, declared once, and what it does. `run` resolves to the exit status, 0 when to nothing. */
export interface Command<P extends Positionals = Positionals, O extends OptionTable = OptionTable> {
  positionals: P;
  options: O;
  examples?: [command: string, what: string][];
  run(args: ArgumentsOf<P, O>, invocation: Invocation): Promise<number | void>;
}

/** Types `run`'s arguments from the declared options. */
export function defineCommand<const P extends Positionals, const O extends OptionTable>(
  command: Command<P, O>,
): Command<P, O> {
  return command;
}
