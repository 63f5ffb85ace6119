import type { McpServer } from '../model/mcp-server.ts';

/**
 * What the project file of a trusted root may do with a setting: `any`: set it; `add`: add to a list; `lower`: lower a
 * limit; `inside`: name a file inside the root; `only`: set the harmless value; `never`: nothing. Anything else is an
 * error.
 */
type ProjectRule = 'any' | 'add' | 'lower' | 'inside' | 'never' | Only;

/**
 * What the project file of an untrusted root may do with a setting: `lower`: lower a limit; `only`: set the harmless
 * value; `data`: its value is given to the agent as data; `nothing`. Other values are ignored.
 */
type UntrustedRule = 'lower' | 'data' | 'nothing' | Only;

interface Only {
  readonly only: string | boolean;
}

interface Common {
  readonly about: string;
  readonly project: ProjectRule;
  /** Missing when the file of an untrusted root may do the same. */
  readonly untrusted?: UntrustedRule;
  /** The environment variable, without its prefix `CLAUDE_SESSION_`. */
  readonly env?: string;
}

/** A setting, by the kind of its value. `default` is written as a user would write it. */
export type KeySpec = Common &
  (
    | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string }
    | { readonly kind: 'text' | 'path' | 'size'; readonly default?: string }
    | { readonly kind: 'duration'; readonly isPositive?: true; readonly default?: string }
    | { readonly kind: 'flag'; readonly default?: boolean }
    | {
        readonly kind: 'count';
        readonly min: number;
        readonly max: number;
        readonly default?: number;
        /** The value that applies while it is unset, by the default of another program. */
        readonly whenUnset?: number;
      }
    | { readonly kind: 'money'; readonly default?: number }
    | { readonly kind: 'list' | 'patterns' | 'command' | 'directories'; readonly default?: readonly string[] }
    | { readonly kind: 'servers'; readonly default?: Readonly<Record<string, McpServer>> }
  );

interface ValueOfKind {
  choice: string;
  text: string;
  /** Absolute. */
  path: string;
  flag: boolean;
  count: number;
  /** US dollars. */
  money: number;
  /** Milliseconds. */
  duration: number;
  /** Bytes. */
  size: number;
  list: readonly string[];
  /** Sources of regular expressions that compile. */
  patterns: readonly string[];
  /** The program, then its leading arguments. */
  command: readonly string[];
  /** Absolute paths. Every layer adds to them. */
  directories: readonly string[];
  servers: Readonly<Record<string, McpServer>>;
}

type ValueOf<S extends KeySpec> = S extends { kind: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : ValueOfKind[S['kind']];

/**
 * The type of a setting's value: durations are in milliseconds, sizes in bytes. Undefined only where there is no
 * default.
 */
export type SettingValue<S extends KeySpec> = S extends { default: unknown }
  ? ValueOf<S>
  : ValueOf<S> | undefined;
