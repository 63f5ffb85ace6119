import type { Continuity } from './model.ts';

/** What a `send` would start. */
export interface Plan {
  session_id: string;
  continuity: Continuity;
  cwd: string;
  argv: string[];
  /** Names only: values may be secrets. */
  env: string[];
  system_prompt: string;
  mcp_config: object;
  stdin: string;
}
