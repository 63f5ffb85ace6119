import type { Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/schema.ts';
import type { WarmAgent } from './warm-agent.ts';
import type { Store } from '../store/store.ts';

/** The dependencies of the code in this directory. */
export interface Services {
  store: Store;
  paths: Paths;
  settings: Settings;
  /** The environment that the agent inherits. */
  env: Record<string, string | undefined>;
  /** The command that starts this program again: the Node executable and the bundle. */
  self: [node: string, bundle: string];
  /** The warm agent, if this process holds one. */
  warm?: WarmAgent;
  /** Starts the host of a session's warm agent. By default the host is a separate process, which outlives this one. */
  startHost?: (sessionId: string) => Promise<void>;
  /** Prints a sentence for people. It is never part of the answer. */
  notice(sentence: string): void;
}
