import { Client } from '@modelcontextprotocol/client';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { expect, it } from 'vitest';
import { createMcpResponder } from '../../../src/mcp/responder.ts';
import type { ToolContext } from '../../../src/mcp/tool.ts';
import { openStore } from '../../../src/store/sqlite/open.ts';
import { makeHistory } from '../../support/mcp-client.ts';
import { makeRoot, makeStudyRoot } from '../../support/study-tree.ts';

const ID = '1a2b3c4d';
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05', '2024-10-07'];

function contextOf(more: Partial<ToolContext> = {}): ToolContext {
  return {
    sessionId: undefined,
    root: makeRoot(),
    study: undefined,
    withStore: () => Promise.reject(new Error('the store was opened')),
    ...more,
  };
}

const without = createMcpResponder(contextOf);
const ask = (message: object): Promise<unknown> => without.answer({ jsonrpc: '2.0', ...message });

function textOf(answer: unknown): string {
  return (answer as { result: { content: { text: string }[] } }).result.content[0]!.text;
}

const callOf = (name: string, input?: unknown): object => ({
  jsonrpc: '2.0',
  id: 7,
  method: 'tools/call',
  params: { name, arguments: input },
});

it.each(VERSIONS)('speaks the version %s that a client asks for', async (protocolVersion) => {
  expect(await ask({ id: 'a', method: 'initialize', params: { protocolVersion } })).toMatchObject({
    id: 'a',
    result: { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'session' } },
  });
});

it.each(['2031-01-01', 'constructor', 5, undefined])(
  'offers its newest version for %j',
  async (protocolVersion) => {
    expect(await ask({ id: 1, method: 'initialize', params: { protocolVersion } })).toMatchObject({
      result: { protocolVersion: VERSIONS[0] },
    });
  },
);

it('answers a ping, and describes its tools in JSON Schema', async () => {
  expect(await ask({ id: 0, method: 'ping' })).toEqual({ jsonrpc: '2.0', id: 0, result: {} });
  const { result } = (await ask({ id: 1, method: 'tools/list', params: { cursor: 'x' } })) as {
    result: { tools: { name: string; inputSchema: object }[] };
  };
  expect(result.tools.map(({ name }) => name)).toEqual([
    'search_history',
    'read_messages',
    'list_studies',
    'study_status',
    'list_trials',
  ]);
  expect(result.tools[0]!.inputSchema).toMatchObject({
    type: 'object',
    required: ['query'],
    properties: { limit: { type: 'integer', minimum: 1, maximum: 50, default: 10 } },
  });
});

it.each([
  ['a notification', { method: 'notifications/initialized' }],
  ['a call without an id', { method: 'tools/call', params: { name: 'read_messages' } }],
  ['an answer', { id: 4, result: {} }],
  ['a failure', { id: 4, error: { code: 1, message: 'x' } }],
])('does not answer %s', async (_what, message) => {
  expect(await ask(message)).toBeUndefined();
});

it.each([
  ['another method', { id: 1, method: 'resources/list' }, -32601, 1],
  ['an inherited name', { id: 1, method: 'constructor' }, -32601, 1],
  ['another tool', { id: 'b', method: 'tools/call', params: { name: 'nosuch' } }, -32602, 'b'],
  ['a call of nothing', { id: 1, method: 'tools/call' }, -32602, 1],
  ['no method', {}, -32600, null],
  ['an id of null', { id: null, method: 'ping' }, -32600, null],
  ['an id that is an object', { id: {}, method: 'ping' }, -32600, null],
  ['another protocol', { jsonrpc: '1.0', id: 3, method: 'ping' }, -32600, 3],
])('refuses %s', async (_what, message, code, id) => {
  expect(await ask(message)).toMatchObject({ jsonrpc: '2.0', id, error: { code } });
});

it.each([null, 'hello', 5, true])('refuses %j, which is no message', async (message) => {
  expect(await without.answer(message)).toMatchObject({ id: null, error: { code: -32600 } });
});

it('answers a batch with a batch, of what wants an answer', async () => {
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const notice = { jsonrpc: '2.0', method: 'notifications/initialized' };
  expect(await without.answer([ping, notice, 5])).toMatchObject([
    { id: 1, result: {} },
    { id: null, error: { code: -32600 } },
  ]);
  expect(await without.answer([notice])).toBeUndefined();
  expect(await without.answer([])).toMatchObject({ id: null, error: { code: -32600 } });
});

it.each([
  ['read_messages', { limit: 0 }, 'limit'],
  ['read_messages', 'x', 'arguments'],
  ['search_history', undefined, 'query'],
  ['read_messages', {}, 'CLAUDE_SESSION_ID is not set'],
])('gives %s of %j a failed result, for the model to read', async (name, input, words) => {
  const answer = await without.answer(callOf(name, input));
  expect(answer).toMatchObject({ id: 7, result: { isError: true } });
  expect(textOf(answer)).toContain(words);
});

it.each(['"', "' OR 1=1", '1a2b3c4d*', '1A2B3C4D', '../1a2b3c4'])(
  'refuses the session id %j before it reaches the store',
  async (sessionId) => {
    const responder = createMcpResponder(() => contextOf({ sessionId }));
    expect(textOf(await responder.answer(callOf('search_history', { query: 'x' })))).toBe(
      `CLAUDE_SESSION_ID is not the id of a session: ${JSON.stringify(sessionId)}.`,
    );
  },
);

it('borrows the store for a call on the history alone', async () => {
  const home = await makeHistory(ID, [['the question', 'the answer']]);
  const seen: string[] = [];
  const context = contextOf({
    sessionId: ID,
    async withStore(use) {
      seen.push('lent');
      const store = await openStore(`${home}/sessions.sqlite`, { access: 'read' });
      return await use(store).finally(() => store.close());
    },
  });
  const responder = createMcpResponder(() => context);
  await responder.answer({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  await responder.answer(callOf('list_studies'));
  expect(seen).toEqual([]);
  expect(textOf(await responder.answer(callOf('search_history', { query: 'ANSWER' })))).toContain(
    'the answer',
  );
  expect(textOf(await responder.answer(callOf('read_messages', { id: 99 })))).toContain('no message 99');
  expect(seen).toEqual(['lent', 'lent']);
});

it('asks for the context at each call', async () => {
  let study = 'wing';
  const responder = createMcpResponder(() => contextOf({ root: makeStudyRoot(), study }));
  expect(textOf(await responder.answer(callOf('list_studies')))).toContain("wing (this session's)");
  study = 'bracket';
  expect(textOf(await responder.answer(callOf('list_studies')))).toContain("bracket (this session's)");
});

it('answers also where the context can not be had', async () => {
  const broken = createMcpResponder(() => Promise.reject(new Error('gone')));
  expect(await broken.answer(callOf('list_studies'))).toMatchObject({
    id: 7,
    error: { code: -32603, message: 'gone' },
  });
});

it('is a server to the official client', async () => {
  const client = new Client({ name: 'test', version: '1' });
  const transport: Transport = {
    start: () => Promise.resolve(),
    close: () => Promise.resolve(),
    async send(message) {
      const answer = await without.answer(message);
      if (answer !== undefined) transport.onmessage?.(answer as JSONRPCMessage);
    },
  };
  await client.connect(transport);
  expect((await client.listTools()).tools).toHaveLength(5);
  const { content } = await client.callTool({ name: 'list_studies' });
  expect(content).toEqual([{ type: 'text', text: 'There are no studies below studies/.' }]);
});
