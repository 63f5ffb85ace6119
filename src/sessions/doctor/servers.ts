import { probeServer } from '../../mcp/probe.ts';
import type { Probe } from '../../mcp/probe.ts';
import type { McpServer } from '../../model/mcp-server.ts';
import { findUnset } from '../../model/references.ts';
import { composeMcpConfig } from '../../turns/prepare.ts';
import { fail, failWith, ok, warn } from './check.ts';
import type { Check } from './check.ts';
import type { DoctorContext } from './context.ts';

/** Starts every MCP server that a new session here would have, in parallel, and lists the tools of each. */
export async function* checkServers(context: DoctorContext): AsyncGenerator<Check> {
  const { settings, root, env } = context;
  const session = { id: '', root, mode: settings.mode, study: null, mcpConfigs: [] };
  try {
    const { document } = await composeMcpConfig(context, session);
    const options = { timeoutMs: settings.mcp.connectTimeout, cwd: root, env };
    const probes = Object.entries(document.mcpServers).map(
      async ([name, entry]) =>
        [
          `mcp ${name}`,
          await probeServer(entry.type === 'sdk' ? asProgram(context) : entry, options),
          findUnset(entry, env),
        ] as const,
    );
    for (const probe of probes) yield describeProbe(...(await probe));
  } catch (error) {
    yield failWith('mcp', error);
  }
}

/** Our own server as a program, as other clients start it. */
function asProgram({ paths, self: [node, bundle] }: DoctorContext): McpServer {
  return { command: node, args: [bundle, 'mcp'], env: { CLAUDE_SESSION_HOME: paths.home } };
}

function describeProbe(name: string, { status, tools, durationMs, error }: Probe, unset: string[]): Check {
  const missing = unset.map((variable) => `\${${variable}}`).join(', ');
  const hint = `Set ${missing}, or write a default as in \${NAME:-default}.`;
  if (status === 'untried') return warn(name, `Not tried. ${error}`);
  if (status !== 'connected')
    return fail(
      name,
      `${error ?? 'It could not be reached.'}${missing === '' ? '' : ` Not set: ${missing}.`}`,
      missing === '' ? 'Start it by hand as its entry says, and see what it prints.' : hint,
    );
  const detail = `${tools.length} tools in ${durationMs} ms: ${tools.join(', ') || 'none'}`;
  return missing === '' ? ok(name, detail) : warn(name, `${detail}; not set: ${missing}`, hint);
}
