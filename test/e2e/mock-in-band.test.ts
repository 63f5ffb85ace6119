import { expect, test } from 'vitest';
import { buildMcpAnswerLine } from '../../src/agents/claude/message.ts';
import { createMcpResponder } from '../../src/mcp/responder.ts';
import { makePlaces, MockAgent } from '../support/mock-agent.ts';

const CONFIG = JSON.stringify({ mcpServers: { session: { type: 'sdk', name: 'session' } } });
const ARGS = ['--mcp-config', CONFIG, '--allowedTools', 'mcp__session'];
const TOOL = 'mcp__session__list_studies';

/** An agent whose requests are answered as `session` does, until it calls a tool that is not to be answered. */
function startAgent(isAnswered: (method: string) => boolean): MockAgent {
  const { cwd } = makePlaces();
  const env = { MCP_CONNECTION_NONBLOCKING: '0', MCP_CONNECT_TIMEOUT_MS: '20000' };
  const agent = new MockAgent({ cwd, args: ARGS, env });
  const withStore = () => Promise.reject(new Error('no store is here'));
  const responder = createMcpResponder(() => ({
    sessionId: undefined,
    root: cwd,
    study: undefined,
    withStore,
  }));
  const request = { subtype: 'initialize', sdkMcpServers: ['session'] };
  agent.write(`${JSON.stringify({ type: 'control_request', request_id: 'i', request })}\n`);
  agent.onRecord((record) => {
    if (record['type'] !== 'control_request' || !isAnswered(record['request'].message.method)) return;
    const { request_id: requestId, request: asked } = record;
    void responder
      .answer(asked.message)
      .then((answer) => agent.write(buildMcpAnswerLine(requestId as string, answer)));
  });
  return agent;
}

test('a server of type sdk is spoken to over the pipe', async () => {
  const agent = startAgent(() => true).send('call session list_studies');
  await agent.until({ type: 'result' });
  agent.end();
  expect((await agent.exited).code).toBe(0);
  expect(agent.records).toContainEqual(
    expect.objectContaining({
      type: 'control_response',
      response: expect.objectContaining({ subtype: 'success', request_id: 'i' }) as object,
    }),
  );
  expect(agent.records.find(({ subtype }) => subtype === 'init')).toMatchObject({
    mcp_servers: [{ name: 'session', status: 'connected' }],
    tools: expect.arrayContaining([TOOL]) as string[],
  });
  expect(agent.text).toBe('There are no studies below studies/.');
});

test('when stdin ends in a call, the call fails and the turn goes on to its result', async () => {
  const agent = startAgent((method) => method !== 'tools/call').send(
    'call session list_studies\nsay went on',
  );
  await agent.until({ request: { message: { method: 'tools/call' } } });
  agent.end();
  expect((await agent.exited).code).toBe(0);
  expect(agent.toolResults[0]).toMatchObject({ is_error: true });
  expect(agent.result).toMatchObject({ is_error: false, result: 'went on' });
});

test('a server that nobody answers for is pending', async () => {
  const agent = new MockAgent({ args: ARGS }).send('call session list_studies').end();
  expect((await agent.exited).code).toBe(0);
  expect(agent.records[0]).toMatchObject({ mcp_servers: [{ name: 'session', status: 'pending' }] });
  expect(agent.toolResults[0]!['content']).toContain('is still connecting');
});
