import * as v from 'valibot';

const REMOTE_TYPES = ['http', 'sse', 'ws', 'streamable-http'] as const;

const text = v.string('must be text');
/** The message for a value that is not an object, and for a missing key. */
const shape = ({ expected }: v.BaseIssue<unknown>): string =>
  expected?.startsWith('"') === true ? 'is missing' : 'must be an object';
/** Keys that can't be the index of a list, because valibot accepts a list as an object. */
const texts = v.record(v.pipe(v.string(), v.regex(/\D/, 'is not a valid name')), text, shape);
const common = {
  alwaysLoad: v.optional(
    v.pipe(
      v.boolean('must be true or false'),
      v.description('Show its tools to the model at once (true), or let it search for them.'),
    ),
  ),
  timeout: v.optional(
    v.pipe(
      v.number('must be a number'),
      v.integer(),
      v.minValue(1),
      v.description('Milliseconds a tool call may take.'),
    ),
  ),
  disabled: v.optional(v.pipe(v.boolean('must be true or false'), v.description('Leave this server out.'))),
};

const localServer = v.looseObject(
  {
    type: v.optional(v.literal('stdio')),
    command: v.pipe(text, v.nonEmpty('must not be empty'), v.description('The program to start.')),
    args: v.optional(v.array(text, 'must be a list')),
    env: v.optional(
      v.pipe(texts, v.description('Its environment; `${VAR}` stays a reference until it starts.')),
    ),
    cwd: v.optional(
      v.pipe(text, v.description("Ignored by claude, which starts servers in the session's root.")),
    ),
    ...common,
  },
  shape,
);

const remoteServer = v.looseObject(
  {
    type: v.picklist(REMOTE_TYPES, `must be "${REMOTE_TYPES.join('", "')}", or "stdio" with a command`),
    url: v.pipe(text, v.check(isUrl, 'must be an http(s) or ws(s) address')),
    headers: v.optional(texts),
    headersHelper: v.optional(v.pipe(text, v.description('A program that prints further headers as JSON.'))),
    oauth: v.optional(v.looseObject({}, shape)),
    ...common,
  },
  shape,
);

/**
 * One entry of `mcpServers` in claude's own form, from the settings, a file or the command line.
 *
 * It is as strict as claude about the keys that claude knows, because claude drops a wrong entry without a message.
 * Other keys are kept.
 */
export const mcpServer = v.lazy((entry) => (isRemote(entry) ? remoteServer : localServer));

export const mcpServerForms = { local: localServer, remote: remoteServer };

export type StdioServer = v.InferOutput<typeof localServer>;
export type RemoteServer = v.InferOutput<typeof remoteServer>;
export type McpServer = StdioServer | RemoteServer;

/** Returns the entry, or its problem: the key, and the words that follow it. */
export function parseMcpServer(entry: unknown): { entry: McpServer } | { problem: string } {
  const result = v.safeParse(mcpServer, entry, { abortEarly: true });
  if (result.success) return { entry: result.output };
  const [issue] = result.issues;
  return { problem: `${v.getDotPath(issue) ?? 'it'} ${issue.message}` };
}

/**
 * Whether an entry is judged as a remote server, so that messages fit: it has a `type` other than `stdio`, or an
 * address and no program.
 */
function isRemote(entry: unknown): boolean {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  if ('type' in entry && entry.type !== undefined) return entry.type !== 'stdio';
  return 'url' in entry && !('command' in entry);
}

/** An address may be or contain a `${VAR}` that only claude can resolve. */
function isUrl(address: string): boolean {
  if (address.includes('${')) return true;
  return URL.canParse(address) && /^(https?|wss?):$/.test(new URL(address).protocol);
}
