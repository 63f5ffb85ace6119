import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expandReferences } from '../../../model/references.ts';
import { StartRefused } from '../io.ts';
import type { Environment } from '../io.ts';

export interface ServerProgram {
  command: string;
  args?: string[];
  env?: Record<string, string>;
}

/** A program, or one whose messages go over the agent's own pipe; servers elsewhere are left out: the mock is offline. */
export type ServerEntry = ServerProgram | { type: 'sdk' };

/** The servers of `--mcp-config` files (or JSON given in their place); of two with one name the last wins. */
export function readMcpConfigs(
  sources: readonly string[],
  cwd: string,
  env: Environment,
): Map<string, ServerEntry> {
  const entries = sources.flatMap((source) => Object.entries(readServers(source, cwd)));
  const local = entries.filter(([, entry]) => 'command' in entry || entry.type === 'sdk');
  return new Map(expandReferences(local, env));
}

function readServers(source: string, cwd: string): Record<string, ServerEntry> {
  try {
    const isJson = source.trimStart().startsWith('{');
    const json = isJson ? source : readFileSync(path.resolve(cwd, source), 'utf8');
    const { mcpServers } = JSON.parse(json) as { mcpServers: Record<string, ServerEntry> };
    if (typeof mcpServers === 'object') return mcpServers;
  } catch {
    throw new StartRefused(
      `Error: Invalid MCP configuration:\nMCP config file not found, or no JSON: ${source}`,
    );
  }
  throw new StartRefused('Error: Invalid MCP configuration:\nmcpServers: Invalid input: expected record');
}
