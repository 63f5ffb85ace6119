import { SessionError } from '../errors.ts';
import { decodeText, FileRefused, readWhole } from '../system/read-bounded.ts';
import { isFields } from './config-fields.ts';
import type { McpServerEntry } from './mcp-server-entry.ts';

const MAX_BYTES = 1024 * 1024;

export type ServerEntries = Map<string, McpServerEntry>;

/** The servers of an MCP config file (`{"mcpServers": {…}}`). Throws MCP_CONFIG_INVALID naming file and server. */
export async function readMcpFile(path: string): Promise<ServerEntries> {
  const document = parseJson(path, readText(path));
  if (!isFields(document)) throw invalid(`The MCP config ${path} is not a JSON object.`);
  const servers = document['mcpServers'];
  if (servers === undefined) {
    throw invalid(
      `The MCP config ${path} has no "mcpServers"${'servers' in document ? ', but "servers": rename that' : ''}.`,
    );
  }
  return await parseServers(path, servers);
}

/** Checks a record of servers by name. `where` it is from is for the message. */
export async function parseServers(where: string, servers: unknown): Promise<ServerEntries> {
  if (!isFields(servers)) throw invalid(`"mcpServers" in ${where} is not an object of servers by name.`);
  if (Object.keys(servers).length === 0) return new Map();
  const { parseServerEntry } = await import('./mcp-server-entry.ts');
  return new Map(
    Object.entries(servers).map(([name, entry]) => {
      if (name.trim() === '') throw invalid(`An MCP server in ${where} has no name.`);
      const result = parseServerEntry(entry);
      if ('problem' in result)
        throw invalid(`MCP server ${JSON.stringify(name)} in ${where}: ${result.problem}.`);
      return [name, result.entry] as const;
    }),
  );
}

function readText(path: string): string {
  try {
    return decodeText(readWhole(path, MAX_BYTES));
  } catch (error) {
    if (error instanceof FileRefused) throw invalid(`The MCP config ${path} ${error.message}.`, error);
    throw error;
  }
}

function parseJson(path: string, text: string): unknown {
  if (text.trim() === '') throw invalid(`The MCP config ${path} is empty.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`The MCP config ${path} is not valid JSON: ${(error as Error).message}.`, error);
  }
}

function invalid(message: string, cause?: unknown): SessionError {
  return new SessionError('MCP_CONFIG_INVALID', message, { cause });
}
