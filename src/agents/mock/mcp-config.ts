import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expandReferences } from '../../model/references.ts';
import { StartRefused } from './io.ts';
import type { Environment } from './io.ts';

export interface ServerProgram {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** A program, or null for a server of type `sdk`, which is spoken to over the agent's own pipe. */
export type ServerConfig = ServerProgram | null;

/**
 * The servers of `--mcp-config` files (or JSON given in their place); of two with one name the last wins.
 *
 * As claude does it: a file that can't be used ends the start, one server of a wrong shape is left out without a word.
 * So is one that is not local: the mock is offline.
 */
export function readMcpConfigs(
  sources: readonly string[],
  cwd: string,
  env: Environment,
): Map<string, ServerConfig> {
  const servers = new Map<string, ServerConfig>();
  for (const source of sources)
    for (const [name, entry] of Object.entries(parseConfig(source, cwd))) {
      const server = readServer(expandReferences(entry, env));
      if (server !== undefined) servers.set(name, server);
    }
  return servers;
}

function parseConfig(source: string, cwd: string): Record<string, unknown> {
  const isFile = !source.trimStart().startsWith('{');
  let config: unknown;
  try {
    config = JSON.parse(isFile ? readFileSync(path.resolve(cwd, source), 'utf8') : source);
  } catch (error) {
    throw invalid(
      error instanceof SyntaxError
        ? 'MCP config is not a valid JSON'
        : `MCP config file not found: ${path.resolve(cwd, source)}`,
    );
  }
  const servers = isRecord(config) ? config['mcpServers'] : undefined;
  if (isRecord(servers)) return servers;
  throw invalid(
    isRecord(config) && 'servers' in config
      ? 'mcpServers: Missing "mcpServers" — found "servers" instead.'
      : `mcpServers: Invalid input: expected record, received ${typeof servers}`,
  );
}

function invalid(reason: string): StartRefused {
  return new StartRefused(`Error: Invalid MCP configuration:\n${reason}`);
}

function readServer(entry: unknown): ServerConfig | undefined {
  if (!isRecord(entry)) return undefined;
  const { type, command, args = [], env = {} } = entry;
  if (type === 'sdk') return null;
  const isProgram = typeof command === 'string' && Array.isArray(args) && isRecord(env);
  return isProgram ? { command, args, env: env as Record<string, string> } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
