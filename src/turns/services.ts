import type { Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/schema.ts';
import type { WarmAgent } from './warm-agent.ts';
import type { Store } from '../store/store.ts';

/** What the rules work with; handed in, so that nothing here knows where it comes from. */
export interface Services {
  store: Store;
  paths: Paths;
  settings: Settings;
  /** The environment the agent will inherit. */
  env: Record<string, string | undefined>;
  /** How to start this very program again: the Node executable and the bundle. */
  self: [node: string, bundle: string];
  /** The agent that stays up between turns, where this process holds one. */
  warm?: WarmAgent;
  /** Starts the host of a session's warm agent; without it that is a process of its own, which outlives this one. */
  startHost?: (sessionId: string) => Promise<void>;
  /** A sentence for the person at the terminal; never part of the answer. */
  notice(sentence: string): void;
}
