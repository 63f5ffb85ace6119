import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Mode } from '../model/model.ts';
import { SessionError, systemCode } from '../errors.ts';
import { parseServers, readMcpConfig } from './mcp-config-file.ts';
import type { ServerEntries } from './mcp-config-file.ts';
import type { McpServer } from '../model/mcp-server.ts';

export interface McpSources {
  root: string;
  mode: Mode;
  study: string | null;
  /** The Node.js that runs the atomizer server. */
  node: string;
  /** The setting `mcpServers`, and its source for errors. */
  settings: { servers: unknown; where: string } | null;
  /** What the session stores for `--mcp-config`: absolute paths, or JSON. */
  files: string[];
  /** Whether the servers of the root are started: its atomizer server and those of its `.mcp.json`. */
  isTrusted: boolean;
  /** Whether our own server, `session`, is included. */
  hasBuiltin: boolean;
}

/** A server that claude reaches over its own stdin and stdout. */
interface InBandEntry {
  type: 'sdk';
  name: string;
}

export interface McpConfig {
  /** The document for claude. Claude expands `${VAR}` in it. */
  document: { mcpServers: Record<string, McpServer | InBandEntry> };
  names: string[];
  /** The servers of type `sdk`, whose messages go over the agent's stdin and stdout. */
  inBand: string[];
}

export const ATOMIZER_PATH = 'mcp-server/atomizer-tools/dist/index.js';

/**
 * Composes the MCP config of a turn.
 *
 * Of two servers with the same name the later source wins: the `atomizer` server of the root, the root's `.mcp.json`,
 * the settings, `--mcp-config` in order. The name `session` is reserved for our server while that is included. A server
 * that is `disabled` is left out. Throws MCP_CONFIG_INVALID, with the file and the server, for entries that claude
 * would silently ignore.
 */
export async function buildMcpConfig(sources: McpSources): Promise<McpConfig> {
  const layers: { where: string; servers: ServerEntries }[] = [];
  function add(where: string, servers: ServerEntries): void {
    layers.push({ where, servers });
  }
  if (sources.isTrusted) {
    add('the root', findAtomizer(sources));
    const projectFile = join(sources.root, '.mcp.json');
    if (isFile(projectFile)) add(projectFile, await readMcpConfig(projectFile));
  }
  if (sources.settings)
    add(sources.settings.where, await parseServers(sources.settings.where, sources.settings.servers));
  for (const file of sources.files) add(file, await readMcpConfig(file));

  const servers = new Map<string, McpServer | InBandEntry>();
  for (const layer of layers) {
    for (const [name, entry] of layer.servers) {
      if (sources.hasBuiltin && toToolName(name) === 'session') throw reserved(name, layer.where);
      if (entry.disabled === true) servers.delete(name);
      else servers.set(name, load(entry));
    }
  }
  const inBand = sources.hasBuiltin ? ['session'] : [];
  for (const name of inBand) servers.set(name, load({ type: 'sdk', name }));
  const names = [...servers.keys()];
  allowedToolRules(names);
  return { document: { mcpServers: Object.fromEntries(servers) }, names, inBand };
}

/**
 * Makes claude load the server's tools at once. By default newer versions let the model search for tools, which costs a
 * call.
 */
function load<Entry extends McpServer | InBandEntry>(entry: Entry): Entry {
  return { alwaysLoad: true, ...entry };
}

/**
 * The rules that allow every tool of these servers. Throws MCP_CONFIG_INVALID when two names are the same for claude.
 */
export function allowedToolRules(names: string[]): string[] {
  const owners = new Map<string, string>();
  for (const name of names) {
    const toolName = toToolName(name);
    const other = owners.get(toolName);
    if (other !== undefined) {
      throw new SessionError(
        'MCP_CONFIG_INVALID',
        `The MCP servers ${JSON.stringify(other)} and ${JSON.stringify(name)} are both mcp__${toolName} to claude.`,
        { hint: 'Rename one of them.' },
      );
    }
    owners.set(toolName, name);
  }
  return [...owners.keys()].map((toolName) => `mcp__${toolName}`);
}

/** A server's name in the tool names that claude makes. */
function toToolName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/g, '_');
}

function findAtomizer({ root, mode, study, node }: McpSources): ServerEntries {
  const program = join(root, ATOMIZER_PATH);
  if (!isFile(program)) return new Map();
  const env = {
    ATOMIZER_MODE: mode,
    ATOMIZER_ROOT: root,
    ...(study === null ? {} : { ATOMIZER_STUDY: study }),
  };
  return new Map([['atomizer', { command: node, args: [program], env }]]);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return false;
    throw new SessionError('MCP_CONFIG_INVALID', `${path} can't be read (${systemCode(error)}).`, {
      cause: error,
    });
  }
}

function reserved(name: string, where: string): SessionError {
  return new SessionError(
    'MCP_CONFIG_INVALID',
    `MCP server ${JSON.stringify(name)} in ${where}: this name is the built-in server's.`,
    {
      hint: 'Rename it, or switch the built-in server off.',
    },
  );
}
