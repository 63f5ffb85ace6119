import { probeServer } from '../../mcp/probe.ts';
import type { Probe } from '../../mcp/probe.ts';
import { composeMcpConfig } from '../prepare.ts';
import { fail, failWith, ok } from './check.ts';
import type { Check } from './check.ts';
import type { Patient } from './patient.ts';

/** Starts every MCP server that a new session here would have, all at once, and asks each for its tools. */
export async function* checkServers(patient: Patient): AsyncGenerator<Check> {
  const { settings, root, env } = patient;
  const session = { id: '', root, mode: settings.mode, study: null, mcpConfigs: [] };
  try {
    const { document } = await composeMcpConfig(patient, session);
    const options = { timeoutMs: settings.mcp.connectTimeout, cwd: root, env };
    const probes = Object.entries(document.mcpServers).map(
      async ([name, entry]) => [`mcp ${name}`, await probeServer(entry, options)] as const,
    );
    for (const probe of probes) yield describeProbe(...(await probe));
  } catch (error) {
    yield failWith('mcp', error);
  }
}

function describeProbe(name: string, { status, tools, durationMs, error }: Probe): Check {
  if (status !== 'connected')
    return fail(
      name,
      error ?? 'It could not be reached.',
      'Start it by hand as its entry says, and see what it prints.',
    );
  return ok(name, `${tools.length} tools in ${durationMs} ms: ${tools.join(', ') || 'none'}`);
}
