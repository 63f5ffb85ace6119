import type { Paths } from '../../settings/paths.ts';
import type { Settings } from '../../settings/schema.ts';

/** What the checks examine. Nothing is opened yet, because a check reports what can't be opened. */
export interface DoctorContext extends Place {
  settings: Settings;
}

/** The part that does not depend on valid settings. */
export interface Place {
  paths: Paths;
  env: Record<string, string | undefined>;
  /** The directory of the project file and MCP servers. */
  root: string;
  /** The command that starts this program again. */
  self: [node: string, bundle: string];
}
