import * as v from 'valibot';

/** Names that no index of a list is: valibot takes a list for an object. */
const words = v.record(v.pipe(v.string(), v.regex(/^[A-Za-z_][\w-]*$/, 'is no name')), v.string());
const startup = {
  alwaysLoad: v.optional(v.pipe(v.boolean(), v.description('Wait for this server at start.'))),
  timeout: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.description('Milliseconds a tool call may take.')),
  ),
};

const localServer = v.strictObject({
  type: v.optional(v.literal('stdio')),
  command: v.pipe(v.string(), v.nonEmpty('must not be empty'), v.description('The program to start.')),
  args: v.optional(v.array(v.string())),
  env: v.optional(
    v.pipe(words, v.description('Its environment; `${VAR}` stays a reference until it starts.')),
  ),
  ...startup,
});

const remoteServer = v.strictObject({
  type: v.picklist(['http', 'sse']),
  url: v.pipe(v.string(), v.regex(/^(https?:\/\/|\$\{)/, 'must be an http(s) address')),
  headers: v.optional(words),
  ...startup,
});

/**
 * One entry of `mcpServers`, in claude's own form. Strict, because claude drops an entry of the wrong shape without a word.
 */
export const mcpServer = v.lazy((entry) => (isRemote(entry) ? remoteServer : localServer));

/** A server has a `type` other than `stdio`, or an address: then it is judged as a remote one, for messages that fit. */
function isRemote(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null) return false;
  return 'url' in entry || ('type' in entry && entry.type !== 'stdio');
}

export const mcpServerForms = { local: localServer, remote: remoteServer };

export type McpServer = v.InferOutput<typeof localServer> | v.InferOutput<typeof remoteServer>;
