import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { McpServer } from '../model/mcp-server.ts';
import { decodeText, FileRefused } from '../system/read-bounded.ts';
import { isDescriptor, readGiven } from '../system/read-pipe.ts';
import { isFields } from '../studies/config-fields.ts';

const MAX_BYTES = 1024 * 1024;

export type ServerEntries = Map<string, McpServer>;

/**
 * What a session stores for a `--mcp-config`: the absolute path of a file, else the JSON itself.
 *
 * A pipe (`<(…)`, `/dev/stdin`) is read now, because later turns can't read it again. Throws MCP_CONFIG_INVALID.
 */
export async function keepMcpConfig(given: string, cwd: string): Promise<string> {
  const path = resolve(cwd, given);
  if (isJson(given) || !isDescriptor(path)) return isJson(given) ? given : path;
  const text = await readText(path);
  if (!isJson(text)) throw invalid(`The MCP config ${path} is not a JSON object.`);
  return text;
}

/**
 * The servers of a stored MCP config (`{"mcpServers": {…}}`). Throws MCP_CONFIG_INVALID with the file and the server.
 */
export async function readMcpConfig(kept: string): Promise<ServerEntries> {
  const where = isJson(kept) ? 'given as JSON' : kept;
  const document = parseJson(where, isJson(kept) ? kept : await readText(kept));
  if (!isFields(document)) throw invalid(`The MCP config ${where} is not a JSON object.`);
  const servers = document['mcpServers'];
  if (servers === undefined) {
    throw invalid(
      `The MCP config ${where} has no "mcpServers"${'servers' in document ? ', but "servers": rename that' : ''}.`,
    );
  }
  return await parseServers(`the MCP config ${where}`, servers);
}

/** Checks a record of servers by name. `where` names its source in errors. */
export async function parseServers(where: string, servers: unknown): Promise<ServerEntries> {
  if (!isFields(servers)) throw invalid(`"mcpServers" in ${where} is not an object of servers by name.`);
  if (Object.keys(servers).length === 0) return new Map();
  const { parseMcpServer } = await import('../model/mcp-server.ts');
  return new Map(
    Object.entries(servers).map(([name, entry]) => {
      if (name.trim() === '') throw invalid(`An MCP server in ${where} has no name.`);
      if (/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name))
        throw invalid(`An MCP server in ${where} has control characters in its name.`);
      const result = parseMcpServer(entry);
      if ('problem' in result)
        throw invalid(`MCP server ${JSON.stringify(name)} in ${where}: ${result.problem}.`);
      return [name, result.entry] as const;
    }),
  );
}

/** Whether the value is JSON and not a file, by claude's rule. */
function isJson(given: string): boolean {
  return given.trimStart().startsWith('{');
}

async function readText(path: string): Promise<string> {
  try {
    return decodeText(await readGiven(path, MAX_BYTES));
  } catch (error) {
    if (error instanceof FileRefused) throw invalid(`The MCP config ${path} ${error.message}.`, error);
    throw error;
  }
}

function parseJson(where: string, text: string): unknown {
  if (text.trim() === '') throw invalid(`The MCP config ${where} is empty.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`The MCP config ${where} is not valid JSON: ${(error as Error).message}.`, error);
  }
}

function invalid(message: string, cause?: unknown): SessionError {
  return new SessionError('MCP_CONFIG_INVALID', message, { cause });
}
