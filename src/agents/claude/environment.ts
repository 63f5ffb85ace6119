import { withAbsolutePath } from '../../system/find-program.ts';
import type { TurnFacts } from '../agent.ts';
import { buildMark } from '../process/mark.ts';

/** Claude sets these for its child processes. A claude that inherits them takes itself for a nested one. */
const NESTING_VARIABLES = [
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
 * The agent's environment: the caller's, without the variables of an outer agent, plus those of the turn.
 *
 * `CLAUDE_SESSION_ID`, `_TURN_ID` and `_HOME` together are the mark by which `sweep` finds processes that outlive the
 * agent. A missing study is an empty string, because the agent leaves a `${VAR}` of an unset variable unexpanded.
 * Background tasks are disabled, since they would continue after the turn's answer or be killed with it. Relative
 * entries of PATH are removed, because they would let programs in the root replace those of the system. Older agents
 * read the wait for MCP servers from the first two MCP variables, newer ones from the third. The fourth limits the wait
 * for a single server.
 */
export function buildEnvironment(base: NodeJS.ProcessEnv, facts: TurnFacts): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined) environment[name] = value;
  }
  for (const name of NESTING_VARIABLES) delete environment[name];
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

/** How long the agent waits for a single MCP server by default. */
const MCP_TIMEOUT_MS = 30_000;
