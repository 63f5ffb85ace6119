import type { McpServer } from '../model/mcp-server.ts';

/**
 * What a project file may do with a setting. It comes with a checkout, which may be hostile, so it can tighten and choose but not grant:
 * `any` set it, `add` to a list, `lower` a limit, name a file `inside` the root, set the `only` harmless value, or `never`.
 */
type ProjectRule = 'any' | 'add' | 'lower' | 'inside' | 'never' | { readonly only: string | boolean };

interface Common {
  readonly about: string;
  readonly project: ProjectRule;
  /** The environment variable, without its prefix `CLAUDE_SESSION_`. */
  readonly env?: string;
}

/** A setting by the kind of its value; `default` is as a user would write it. */
export type KeySpec = Common &
  (
    | { readonly kind: 'choice'; readonly choices: readonly string[]; readonly default?: string }
    | { readonly kind: 'text' | 'path' | 'duration' | 'size'; readonly default?: string }
    | { readonly kind: 'flag'; readonly default?: boolean }
    | { readonly kind: 'count'; readonly min: number; readonly max: number; readonly default?: number }
    | { readonly kind: 'money'; readonly default?: number }
    | { readonly kind: 'list' | 'patterns' | 'command'; readonly default?: readonly string[] }
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
  servers: Readonly<Record<string, McpServer>>;
}

type ValueOf<S extends KeySpec> = S extends { kind: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : ValueOfKind[S['kind']];

/** The type of a setting once read: durations are milliseconds, sizes bytes; undefined only where there is no default. */
export type SettingValue<S extends KeySpec> = S extends { default: unknown }
  ? ValueOf<S>
  : ValueOf<S> | undefined;
