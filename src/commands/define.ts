import type { InferredOptionType, InferredOptionTypes, Options, PositionalOptions } from 'yargs';
import type { Invocation } from './invocation.ts';

/** The kind of a value that can be completed. Declared choices don't need it. */
export type ValueKind =
  | 'sessions'
  | 'recipients'
  | 'trash'
  | 'approvals'
  | 'studies'
  | 'settings'
  | 'files'
  | 'directories';

/** The values of words before the cursor, by the names of options and positionals. */
export type GivenWords = Readonly<Record<string, string | undefined>>;

interface Completed {
  /** What the shell completes. A function when it depends on other words. */
  completes?: ValueKind | ((given: GivenWords) => ValueKind | readonly string[] | undefined);
}

interface Parsed {
  /** Parses the given text, or throws USAGE. */
  parse?: (flag: string, text: string) => unknown;
}

interface Filled {
  /** Whether the text may be empty. A path, a name or a model may not. */
  mayBeEmpty?: boolean;
}

export type PositionalTable = Record<string, PositionalOptions & Completed & Filled>;
export type OptionTable = Record<string, Options & Completed & Parsed & Filled>;
/** The types of the values of a table of options. */
export type OptionValues<O extends OptionTable> = {
  [K in keyof O]: O[K] extends Required<Parsed>
    ? ReturnType<O[K]['parse']> | undefined
    : InferredOptionType<O[K]>;
};
type ArgumentsOf<P extends PositionalTable, O extends OptionTable> = InferredOptionTypes<P> & OptionValues<O>;

/** A verb: the declaration of its arguments, and what it does. `run` resolves to the exit status; undefined means 0. */
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
