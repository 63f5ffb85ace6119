import * as v from 'valibot';

const texts = v.record(v.string(), v.string('must be text'));

const stdioServer = v.looseObject({
  type: v.optional(v.literal('stdio')),
  command: v.pipe(v.string('must be text'), v.nonEmpty('must not be empty')),
  args: v.optional(v.array(v.string('must be text'), 'must be a list')),
  env: v.optional(texts),
  cwd: v.optional(v.string('must be text')),
});

const httpServer = v.looseObject({
  type: v.picklist(['http', 'sse']),
  url: v.pipe(v.string('must be text'), v.check(isUrl, 'must be an http(s) address')),
  headers: v.optional(texts),
});

export type StdioServer = v.InferOutput<typeof stdioServer>;
export type HttpServer = v.InferOutput<typeof httpServer>;
export type McpServerEntry = StdioServer | HttpServer;

/**
 * Reads one entry of `mcpServers`, as strictly as claude does, which silently drops what it can't use.
 *
 * Keys it does not know are kept, for claude may. Gives the entry, or what is wrong with it.
 */
export function parseServerEntry(entry: unknown): { entry: McpServerEntry } | { problem: string } {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    return { problem: 'must be an object' };
  const { type, command, url } = entry as Record<string, unknown>;
  if (type !== undefined && type !== 'stdio' && type !== 'http' && type !== 'sse') {
    return { problem: 'type must be "stdio", "http" or "sse"' };
  }
  if (type === undefined && command === undefined) {
    return {
      problem:
        url === undefined
          ? 'needs a command (or a type and a url)'
          : 'has a url and so needs "type": "http" or "sse"',
    };
  }
  const isHttp = type === 'http' || type === 'sse';
  if (isHttp ? url === undefined : command === undefined)
    return { problem: isHttp ? 'needs a url' : 'needs a command' };
  const result = v.safeParse(isHttp ? httpServer : stdioServer, entry);
  if (result.success) return { entry: result.output };
  const [issue] = result.issues;
  return { problem: `${v.getDotPath(issue) ?? 'it'} ${issue.message}` };
}

/** An address may be, or hold, a `${VAR}` that only claude knows. */
function isUrl(text: string): boolean {
  if (text.includes('${')) return true;
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
