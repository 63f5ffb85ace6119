import type { McpServers } from './servers/contract.ts';
import type { MockOptions } from './options.ts';
import type { LineOutput } from './output.ts';
import type { Permissions } from './permissions/permissions.ts';
import type { Identity } from './records.ts';
import type { Spend } from './spend.ts';
import type { Transcript } from './transcript.ts';

/** What a signal, a control request or the end of stdin is called in `ignore`. */
export const IGNORABLE = ['SIGINT', 'SIGTERM', 'SIGHUP', 'interrupt', 'eof'] as const;
type Ignorable = (typeof IGNORABLE)[number];

/** One running mock agent: what all its turns share. */
export interface Machine extends Identity {
  argv: readonly string[];
  env: Record<string, string | undefined>;
  /** With symbolic links resolved. */
  cwd: string;
  options: MockOptions;
  output: LineOutput;
  transcript: Transcript;
  transcriptFolder: string;
  mcp: McpServers;
  permissions: Permissions;
  spend: Spend;
  /** What a script has made it ignore. */
  ignored: Set<Ignorable>;
}

/** The process is to end at once, with no result for the turn. */
export class Crash extends Error {
  override readonly name = 'Crash';
  readonly status: number;

  constructor(status: number) {
    super(`crash ${status}`);
    this.status = status;
  }
}

/** The turn has printed its result; what is left of the script is not run. */
export class TurnOver extends Error {
  override readonly name = 'TurnOver';
  readonly isError: boolean;

  constructor(isError: boolean) {
    super('turn over');
    this.isError = isError;
  }
}

/** The turn was interrupted by a request or by SIGINT: it prints what claude prints then. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The process ends under the turn: it prints nothing more, and what its tools started stays. */
export class Abandoned extends Error {
  override readonly name = 'Abandoned';
}
