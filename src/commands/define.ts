import type { InferredOptionType, InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Invocation } from './invocation.ts';

/** What a value names, where the shell can complete it; declared choices need no more. */
export type ValueKind =
  | 'sessions'
  | 'recipients'
  | 'trash'
  | 'approvals'
  | 'studies'
  | 'settings'
  | 'files'
  | 'directories';

/** The values of the words before the cursor, by the names of their options and positionals. */
export type GivenWords = Readonly<Record<string, string | undefined>>;

interface Completed {
  /** What the shell completes; a function where that depends on the words before. */
  completes?: ValueKind | ((given: GivenWords) => ValueKind | readonly string[] | undefined);
}

interface Parsed {
  /** Makes a value of what was given, or throws USAGE. */
  parse?: (flag: string, text: string) => unknown;
}

interface Filled {
  /** Text that may be empty; a path, a name or a model may not. */
  mayBeEmpty?: boolean;
}

export type PositionalTable = Record<string, PositionalOptions & Completed & Filled>;
export type OptionTable = Record<string, Options & Completed & Parsed & Filled>;
/** What the options of a table are given as. */
export type OptionValues<O extends OptionTable> = {
  [K in keyof O]: O[K] extends Required<Parsed>
    ? ReturnType<O[K]['parse']> | undefined
    : InferredOptionType<O[K]>;
};
type ArgumentsOf<P extends PositionalTable, O extends OptionTable> = InferredOptionTypes<P> & OptionValues<O>;

/** A verb: what it takes, declared once, and what it does. `run` resolves to the exit status, 0 when to nothing. */
export interface Command<P extends PositionalTable = PositionalTable, O extends OptionTable = OptionTable> {
  positionals: P;
  options: O;
  examples?: [command: string, what: string][];
  run(args: ArgumentsOf<P, O>, invocation: Invocation): Promise<number | void>;
}

/** Types `run`'s arguments from the declared options. */
export function defineCommand<const P extends PositionalTable, const O extends OptionTable>(
  command: Command<P, O>,
): Command<P, O> {
  return command;
}
