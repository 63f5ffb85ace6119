import type { AgentFile, UserLineOptions } from '../agent.ts';

/** Contains nothing that the agent interprets: no leading slash, no at sign. */
const CLOSING = 'Please respond to the message above.';

/**
 * The stdin line with one message, which begins a turn.
 *
 * The agent looks for `/commands` and `@files` only in the last text block of a message. So a short closing block after
 * the text keeps the text verbatim. With `expand` the text is the last block. A `preface` is a context update that goes
 * before it. The agent answers a line with a given uuid only once.
 */
export function buildUserLine(
  text: string,
  { expand = false, preface, files = [], uuid }: UserLineOptions = {},
): string {
  const content = [
    ...(preface == null ? [] : [textBlock(preface)]),
    ...files.flatMap(toBlocks),
    textBlock(text),
    ...(expand ? [] : [textBlock(CLOSING)]),
  ];
  return `${JSON.stringify({ type: 'user', message: { role: 'user', content }, uuid })}\n`;
}

/** Images have no title field, so a text names them. They go before the text, which models handle best. */
function toBlocks({ name, mediaType, content, isEarlier = false }: AgentFile): object[] {
  const earlier = isEarlier ? ', of an earlier message' : '';
  const label = textBlock(`File ${name}${earlier}:`);
  const source = { type: 'base64', media_type: mediaType, data: content };
  if (mediaType.startsWith('image/')) return [label, { type: 'image', source }];
  const text = { type: 'text', media_type: mediaType, data: Buffer.from(content, 'base64').toString() };
  const document = { type: 'document', source: mediaType === 'text/plain' ? text : source, title: name };
  return isEarlier ? [label, document] : [document];
}

function textBlock(text: string): object {
  return { type: 'text', text };
}

const GO_ON = 'Please go on: a usage limit stopped you, and it has ended.';

/** The stdin line that continues a turn which a usage limit stopped. The agent has the turn's message already. */
export function buildGoOnLine(uuid: string): string {
  return buildUserLine(GO_ON, { expand: true, uuid });
}

/** Whether a text block is our closing block, and not part of a message. */
export function isOwnClosing(text: string): boolean {
  return text === CLOSING;
}

/**
 * The first stdin line of an agent. It makes the agent use the given system prompt even when it recorded another one
 * for the conversation (claude 2.1.257 and later; older ones always use the given one).
 *
 * `servers` are the MCP servers whose messages go over stdin and stdout.
 */
export function buildInitializeLine(servers: readonly string[]): string {
  const request = { subtype: 'initialize', systemPromptSnapshot: false, sdkMcpServers: servers };
  return `${JSON.stringify({ type: 'control_request', request_id: 'initialize', request })}\n`;
}

/** The stdin line that asks the agent to stop the running turn, but not to exit. */
export function buildInterruptLine(requestId: string): string {
  return `${JSON.stringify({ type: 'control_request', request_id: requestId, request: { subtype: 'interrupt' } })}\n`;
}

/** The stdin line that asks which MCP servers are connected; the agent answers it also before its first message. */
export function buildMcpStatusLine(): string {
  return `${JSON.stringify({ type: 'control_request', request_id: 'mcp_status', request: { subtype: 'mcp_status' } })}\n`;
}

/**
 * The stdin line that answers an `mcp_request` with a JSON-RPC message.
 *
 * The agent waits for a line even when MCP has no answer, as after a notification.
 */
export function buildMcpAnswerLine(requestId: string, answer: object | undefined): string {
  const response = { mcp_response: answer ?? { jsonrpc: '2.0', result: {}, id: 0 } };
  return `${JSON.stringify({ type: 'control_response', response: { subtype: 'success', request_id: requestId, response } })}\n`;
}
