import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, buildEnv, scratch, TOP } from './place.mjs';

/** The versions that are tested, the oldest first. */
export const CLAUDE_VERSIONS = Object.values(
  JSON.parse(readFileSync(join(TOP, 'src/agents/claude/tested-versions.json'), 'utf8')),
);

/** The real claude (test/claude/install.mjs) with a made-up account, and a provider on loopback that answers at once. */
export async function openClaude(version) {
  const install = [join(TOP, 'test/claude/install.mjs'), version];
  const program = execFileSync(process.execPath, install, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
  const api = spawn(process.execPath, [join(TOP, 'test/support/fake-api-process.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.on('exit', () => api.kill());
  const [url] = await once(api.stdout, 'data');
  const root = join(scratch, 'project');
  mkdirSync(root, { recursive: true });
  const env = {
    ...buildEnv('claude'),
    ANTHROPIC_API_KEY: 'sk-fake',
    ANTHROPIC_BASE_URL: String(url).trim(),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_SESSION_CLAUDE: program,
  };
  return { program, env, root, close: () => api.kill() };
}

/** Flags that make claude speak the protocol in which we talk to it; a person who calls it has no use for them. */
const PROTOCOL = new Set(['--verbose', '--include-partial-messages']);
const PROTOCOL_WITH_VALUE = new Set(['--input-format', '--output-format', '--session-id', '--resume']);

/**
 * What a person would type to ask claude the same: our own flags, prompt and MCP config, without our protocol. `without`
 * leaves flags out that name a file.
 */
export function bareCommand({ program, env }, session, without = []) {
  const plan = JSON.parse(ask(env, 'send', session, 'hello', '--dry-run', '--json'));
  const files = {
    '--append-system-prompt-file': plan.system_prompt,
    '--mcp-config': mcpConfig(plan, env, session),
  };
  const argv = plan.argv.slice(1);
  const kept = [];
  for (let at = 0; at < argv.length; at++) {
    const flag = argv[at];
    if (PROTOCOL_WITH_VALUE.has(flag) || flag in files) at++;
    if (without.includes(flag)) continue;
    if (flag in files) kept.push(flag, keep(`${session}${flag}`, files[flag]));
    else if (!PROTOCOL.has(flag) && !PROTOCOL_WITH_VALUE.has(flag)) kept.push(flag);
  }
  return (conversation) => [program, ...conversation, ...kept];
}

/** The plan masks values that may be secret; these are not. */
function mcpConfig({ mcp_config: document }, env, session) {
  for (const server of Object.values(document.mcpServers))
    server.env = { CLAUDE_SESSION_HOME: env.CLAUDE_SESSION_HOME, CLAUDE_SESSION_ID: session };
  return JSON.stringify(document);
}

function keep(name, text) {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

export const fresh = () => ['--session-id', randomUUID()];
