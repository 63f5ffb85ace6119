import { withAbsolutePath } from '../../system/find-program.ts';
import type { TurnFacts } from '../agent.ts';
import { buildMark } from '../process/mark.ts';

/** Set by claude for what it starts; inherited, they would make a new claude believe it runs inside that one. */
const NESTING = [
  'CLAUDECODE',
  'CLAUDE_CODE_ENTRYPOINT',
  'CLAUDE_CODE_SESSION_ID',
  'CLAUDE_CODE_SSE_PORT',
  'CLAUDE_CODE_EXECPATH',
  'CLAUDE_PROJECT_DIR',
  'AI_AGENT',
] as const;

/** Goes before `--effort`. */
const EFFORT_VARIABLE = 'CLAUDE_CODE_EFFORT_LEVEL';

/**
 * The agent's environment: the caller's, less what would mislead a nested agent, plus the turn's facts.
 *
 * `CLAUDE_SESSION_ID`, `_TURN_ID` and `_HOME` together are the mark by which `sweep` finds whatever outlives the
 * agent. A missing study is an empty string, because the agent leaves a `${VAR}` of an unset variable unexpanded.
 * Work in the background is switched off: it would go on after the turn's answer, or be cut off with it.
 * Relative entries of PATH go, since the agent and its tools would take programs of the root for those of the system.
 * An older agent waits for slow MCP servers as the first two variables of theirs say, a newer one as the third does, and
 * gives a single server no more time than the fourth.
 */
export function buildEnvironment(base: NodeJS.ProcessEnv, facts: TurnFacts): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined) environment[name] = value;
  }
  for (const name of NESTING) delete environment[name];
  if (facts.effort !== null) delete environment[EFFORT_VARIABLE];
  const study = facts.study ?? '';
  return {
    ...withAbsolutePath(environment),
    ATOMIZER_MODE: facts.mode,
    ATOMIZER_ROOT: facts.root,
    ATOMIZER_STUDY: study,
    CLAUDE_SESSION_MODE: facts.mode,
    CLAUDE_SESSION_ROOT: facts.root,
    CLAUDE_SESSION_STUDY: study,
    ...buildMark(facts),
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_DISABLE_CRON: '1',
    MCP_CONNECTION_NONBLOCKING: '0',
    MCP_CONNECT_TIMEOUT_MS: String(facts.mcpConnectTimeoutMs),
    CLAUDE_CODE_MCP_STARTUP_WAIT_MS: String(facts.mcpConnectTimeoutMs),
    ...(facts.mcpConnectTimeoutMs > MCP_TIMEOUT_MS ? { MCP_TIMEOUT: String(facts.mcpConnectTimeoutMs) } : {}),
    ...(facts.maxRetries === null ? {} : { CLAUDE_CODE_MAX_RETRIES: String(facts.maxRetries) }),
  };
}

/** How long the agent gives a single MCP server by itself. */
const MCP_TIMEOUT_MS = 30_000;
