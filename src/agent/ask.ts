import { SessionError } from '../errors.ts';
import { describeSpawnFailure, refuseBadCwd } from './spawn-failure.ts';

/** How a program answered. */
export interface AgentReply {
  /** Its exit status; undefined when a signal ended it. */
  status: number | undefined;
  stdout: string;
  stderr: string;
}

interface Place {
  cwd: string;
  env: Record<string, string | undefined>;
  timeoutMs: number;
}

const LONGEST_ANSWER_CHARS = 100_000;

/** Runs the agent with arguments that it answers at once, such as `--version`. Throws AGENT_MISSING, AGENT_FAILED or TIMEOUT. */
export async function askAgent(
  program: readonly string[],
  argv: readonly string[],
  { cwd, env, timeoutMs }: Place,
): Promise<AgentReply> {
  refuseBadCwd(cwd);
  const { execa } = await import('execa');
  const [file = '', ...first] = program;
  const child = execa(file, [...first, ...argv], {
    cwd,
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<
      string,
      string
    >,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: LONGEST_ANSWER_CHARS,
  });
  const reply = await child;
  if (reply.timedOut)
    throw new SessionError(
      'TIMEOUT',
      `"${[file, ...first, ...argv].join(' ')}" did not answer within ${timeoutMs / 1000} s.`,
    );
  if (child.pid === undefined) throw describeSpawnFailure(file, reply);
  return { status: reply.exitCode, stdout: reply.stdout, stderr: reply.stderr };
}
