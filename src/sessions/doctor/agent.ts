import { parse } from 'node:path';
import { askAgent } from '../../agents/process/ask.ts';
import TESTED from '../../agents/claude/tested-versions.json' with { type: 'json' };
import type { AgentReply } from '../../agents/process/ask.ts';
import { findProgram } from '../../system/find-program.ts';
import { fail, failWith, ok, warn } from './check.ts';
import type { Check } from './check.ts';
import type { DoctorContext } from './context.ts';

const TIMEOUT_MS = 15_000;

/** Checks that claude is installed, in a tested version, and logged in. Uses no tokens. */
export async function* checkAgent(context: DoctorContext): AsyncGenerator<Check> {
  const { agents, agent } = context.settings;
  const [program = ''] = agents.claude.command;
  try {
    const version = await ask(context, ['--version']);
    const where = findProgram(program, context.env) ?? program;
    if (version.status !== 0) {
      yield fail(
        'agent',
        `${where} --version ${describeExit(version)}`,
        'Install claude again, or update it.',
      );
      return;
    }
    yield checkVersion(firstLine(version.stdout), where);
    yield await checkLogin(context);
  } catch (error) {
    const check = failWith('agent', error);
    yield agent === 'mock' ? { ...check, status: 'warn' } : check;
  }
}

/** Versions that the tests ran with are `ok`. Others get a warning, because claude changes often. */
function checkVersion(told: string, where: string): Check {
  const tested: string[] = Object.values(TESTED);
  const detail = `${told} at ${where}; tested with ${tested.join(' and ')}`;
  const [version = ''] = /\d+(\.\d+)+/.exec(told) ?? [];
  if (tested.includes(version)) return ok('agent', detail);
  return warn('agent', detail, 'Other versions may work. Where one does not, install a tested one.');
}

async function checkLogin(context: DoctorContext): Promise<Check> {
  const hint = 'Run claude once and log in, or set ANTHROPIC_API_KEY.';
  const reply = await ask(context, ['auth', 'status', '--json']);
  const login = parseLogin(reply.stdout);
  if (login === undefined)
    return warn('login', 'this version of claude does not say whether it is logged in', hint);
  const { loggedIn, authMethod, apiProvider, apiKeySource } = login;
  if (!loggedIn) return fail('login', 'claude is not logged in', hint);
  const how = [apiKeySource ?? authMethod, apiProvider].filter((word) => word !== undefined);
  return ok('login', `by ${how.join(', ')}, as claude says; whether it is valid shows with the first turn`);
}

interface Login {
  loggedIn: boolean;
  authMethod?: string;
  apiProvider?: string;
  apiKeySource?: string;
}

function parseLogin(text: string): Login | undefined {
  try {
    const login = JSON.parse(text) as Partial<Login> | null;
    return typeof login?.loggedIn === 'boolean' ? (login as Login) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs outside the root, so that the settings of a checkout don't affect the login. */
function ask({ settings, env }: DoctorContext, argv: string[]): Promise<AgentReply> {
  return askAgent(settings.agents.claude.command, argv, {
    cwd: parse(process.execPath).root,
    env,
    timeoutMs: TIMEOUT_MS,
  });
}

function describeExit({ status, stdout, stderr }: AgentReply): string {
  const said = firstLine(stderr) || firstLine(stdout);
  return `ended with status ${status ?? 'none'}${said === '' ? '' : `, saying: ${said}`}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]!.slice(0, 200);
}
