import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expandReferences } from '../../model/references.ts';
import { StartRefused } from '../io.ts';

export interface LocalServer {
  command: string;
  args: string[];
  env: Record<string, string>;
}

interface RemoteServer {
  url: string;
  headers: Record<string, string>;
}

export type ServerConfig = LocalServer | RemoteServer;

type Environment = Record<string, string | undefined>;

/**
 * The servers of `--mcp-config` files (or JSON given in their place); of two with one name the last wins.
 *
 * As claude does it: a file that can't be used ends the start, one server of a wrong shape is left out without a word.
 */
export function readMcpConfigs(
  sources: readonly string[],
  cwd: string,
  env: Environment,
): Map<string, ServerConfig> {
  const servers = new Map<string, ServerConfig>();
  for (const source of sources) {
    for (const [name, entry] of Object.entries(parseConfig(source, cwd))) {
      const server = readServer(expandReferences(entry, env));
      if (server !== undefined) servers.set(name, server);
    }
  }
  return servers;
}

function parseConfig(source: string, cwd: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(
      source.trimStart().startsWith('{') ? source : readConfigFile(path.resolve(cwd, source)),
    );
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    throw invalid('MCP config is not a valid JSON', error);
  }
  const servers = isRecord(config) ? config['mcpServers'] : undefined;
  if (isRecord(servers)) return servers;
  const stray = isRecord(config) && 'servers' in config;
  throw invalid(
    stray
      ? 'mcpServers: Missing "mcpServers" — found "servers" instead.'
      : `mcpServers: Invalid input: expected record, received ${servers === undefined ? 'undefined' : typeof servers}`,
  );
}

function readConfigFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalid(`MCP config file not found: ${file}`, error);
  }
}

function invalid(reason: string, cause?: unknown): StartRefused {
  return new StartRefused(`Error: Invalid MCP configuration:\n${reason}`, { cause });
}

function readServer(entry: unknown): ServerConfig | undefined {
  if (!isRecord(entry)) return undefined;
  const { command, args = [], env = {}, url, headers = {} } = entry;
  if (typeof url === 'string' && isWords(headers)) return { url, headers };
  if (typeof command !== 'string' || !isWords(env)) return undefined;
  return Array.isArray(args) && args.every(isText) ? { command, args, env } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWords(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
