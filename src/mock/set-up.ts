import { realpathSync } from 'node:fs';
import { openConversation } from './conversation.ts';
import { maxRetries } from './failures.ts';
import { StartRefused } from './io.ts';
import type { MockIo } from './io.ts';
import type { Machine } from './machine.ts';
import { readMcpConfigs } from './servers/config.ts';
import { NO_SERVERS } from './servers/contract.ts';
import { parseOptions } from './options.ts';
import { LineOutput } from './output.ts';
import { Permissions } from './permissions/permissions.ts';
import { Spend } from './spend.ts';
import { transcriptFolder } from './transcript.ts';

const DEFAULT_MODEL = 'mock';

/**
 * Sets up an agent process: its arguments, its conversation, its MCP servers.
 *
 * Throws StartRefused and NoConversation in claude's words, before any server is started.
 */
export async function startMachine(argv: readonly string[], io: MockIo): Promise<Machine> {
  const options = parseOptions(argv);
  const { env } = io;
  const cwd = realpathSync(io.cwd);
  if (options.permissionMode === 'bypassPermissions') refuseRoot(env);
  maxRetries(env);
  const configs = readMcpConfigs(options.mcpConfigs, cwd, env);
  const folder = transcriptFolder(env, cwd);
  const { sessionId, transcript } = openConversation(options, folder);
  const model = options.model ?? transcript.model ?? DEFAULT_MODEL;
  return {
    argv,
    env,
    cwd,
    options,
    sessionId,
    model,
    output: new LineOutput(io.stdout),
    transcript,
    transcriptFolder: folder,
    // The MCP library takes longer to load than all else together.
    mcp:
      configs.size === 0
        ? NO_SERVERS
        : (await import('./servers/connect.ts')).startServers(configs, { sessionId, cwd, env }),
    permissions: new Permissions({ ...options, cwd }),
    spend: new Spend(model),
    ignored: new Set(),
  };
}

function refuseRoot(env: MockIo['env']): void {
  if (process.getuid?.() !== 0 || env['IS_SANDBOX'] === '1') return;
  throw new StartRefused(
    '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
  );
}
