import type { Paths } from '../../settings/paths.ts';
import type { Settings } from '../../settings/schema.ts';

/** What the checks look at. Nothing of it is opened yet: a check must survive what it finds. */
export interface DoctorContext extends Place {
  settings: Settings;
}

/** The part of it that is there whatever the settings say. */
export interface Place {
  paths: Paths;
  env: Record<string, string | undefined>;
  /** The directory whose project file and MCP servers count. */
  root: string;
  /** How to start this very program again. */
  self: [node: string, bundle: string];
}
