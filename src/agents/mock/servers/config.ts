import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expandReferences } from '../../../model/references.ts';
import { StartRefused } from '../io.ts';
import type { Environment } from '../io.ts';

/**
 * A program, or a server whose messages go over the agent's stdin and stdout. The mock is offline, so it ignores other
 * servers.
 */
export type ServerEntry =
  | { command: string; args?: string[]; env?: Record<string, string> }
  | { type: 'sdk' };

/** The servers of `--mcp-config`, given as files or as JSON. Of two with the same name the last one counts. */
export function readMcpConfigs(
  sources: readonly string[],
  cwd: string,
  env: Environment,
): Map<string, ServerEntry> {
  const entries = sources.flatMap((source) => readServers(source, cwd));
  const local = entries.filter(([, entry]) => 'command' in entry || entry.type === 'sdk');
  return new Map(expandReferences(local, env));
}

function readServers(source: string, cwd: string): [string, ServerEntry][] {
  try {
    const json = source.startsWith('{') ? source : readFileSync(path.resolve(cwd, source), 'utf8');
    const { mcpServers } = JSON.parse(json) as { mcpServers: Record<string, ServerEntry> };
    return Object.entries(mcpServers);
  } catch (error) {
    throw new StartRefused(`Error: Invalid MCP configuration:\n${(error as Error).message}`);
  }
}
