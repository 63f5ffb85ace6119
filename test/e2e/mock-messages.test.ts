import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makePlaces, MockAgent, runScript } from '../support/mock-agent.ts';

const ID = '0266ba6c-bd2f-468f-89bd-16f3c489adcb';
const OTHER_ID = 'cefce48f-838a-4f55-a270-e119ee033548';
const NEW = ['--session-id', ID];
const RESUME = ['--resume', ID];
const UUID = '11111111-2222-4333-8444-555555555555';

const userLine = (script: string, uuid?: string): string =>
  `${JSON.stringify({ type: 'user', uuid, message: { role: 'user', content: [{ type: 'text', text: script }] } })}\n`;

async function ask(agent: MockAgent): Promise<MockAgent> {
  expect((await agent.end().exited).code).toBe(0);
  return agent;
}

test('what answers a message names it, once a kind', async () => {
  const agent = await ask(new MockAgent().write(userLine('say one\nbash true\nsay two', UUID)));
  const ids = { user_message_uuid: UUID, user_message_uuids: [UUID] };
  expect(agent.result).toMatchObject({ ...ids, queued_turn_count: 0, result_index: 0 });
  expect(agent.records.find(({ subtype }) => subtype === 'init')).toMatchObject({
    user_message_uuids: [UUID],
  });
  const assistant = agent.records.filter(({ type }) => type === 'assistant');
  expect(assistant[0]).toMatchObject(ids);
  expect(assistant.slice(1).every((record) => !('user_message_uuid' in record))).toBe(true);
  expect(agent.records.filter(({ type }) => type === 'command_lifecycle').map(({ state }) => state)).toEqual([
    'queued',
    'started',
    'completed',
  ]);
});

test.each(['say one', 'fail 400'])(
  'a message that was taken before is not answered again: %s',
  async (script) => {
    const places = makePlaces();
    await new MockAgent({ ...places, args: NEW }).write(userLine(script, UUID)).end().exited;
    const again = await ask(new MockAgent({ ...places, args: RESUME }).write(userLine(script, UUID)));
    expect(again.records).toEqual([
      expect.objectContaining({ type: 'command_lifecycle', command_uuid: UUID, state: 'completed' }),
    ]);
    const other = await ask(new MockAgent({ ...places, args: RESUME }).write(userLine('recall', OTHER_ID)));
    expect(other.text).toBe(script);
  },
);

test('of several blocks the script is the one that is one, and all can be said', async () => {
  const blocks = ['[NEWS]\nsomething', 'message', 'Please respond.'];
  const content = blocks.map((text) => ({ type: 'text', text }));
  const line = JSON.stringify({ type: 'user', message: { role: 'user', content } });
  expect((await ask(new MockAgent().write(`${line}\n`))).text).toBe(JSON.stringify(blocks));
});

test('costs add up over the processes of a conversation and its forks; what is new is told apart', async () => {
  const places = makePlaces();
  const spend = 'usage 100 10 0.25\nbash true\nusage 7 3 0.5 small\nusage 100 10 0.25\nsay paid';
  const used = { mock: { inputTokens: 200, costUSD: 0.5 }, small: { outputTokens: 3, costUSD: 0.5 } };
  const first = await runScript(spend, { ...places, args: NEW });
  expect(first.result).toMatchObject({ total_cost_usd: 1, model_usage_since_last_result: used });
  expect(first.result!['usage']).toMatchObject({ input_tokens: 200, output_tokens: 20 });
  for (const [args, total] of [
    [RESUME, 2],
    [[...RESUME, '--fork-session', '--session-id', OTHER_ID], 3],
  ] as const) {
    const next = await runScript(spend, { ...places, args: [...args] });
    expect(next.result).toMatchObject({ total_cost_usd: total, model_usage_since_last_result: used });
    expect(next.result!['modelUsage'].small.costUSD).toBe(total / 2);
  }
});

test('the system prompt of the first request is sent again, unless initialize says otherwise', async () => {
  const places = makePlaces();
  const seen = async (prompt: string, base: string[], first = ''): Promise<string> => {
    writeFileSync(path.join(places.cwd, 'prompt'), prompt);
    const args = [...base, '--system-prompt-file', 'prompt'];
    return (await ask(new MockAgent({ ...places, args }).write(first).write(userLine('context')))).text;
  };
  const request = { subtype: 'initialize', systemPromptSnapshot: false };
  const initialize = `${JSON.stringify({ type: 'control_request', request_id: 'i', request })}\n`;
  expect(await seen('one', NEW)).toBe('one');
  expect(await seen('two', RESUME)).toBe('one');
  expect(await seen('three', RESUME, initialize)).toBe('three');
  expect(await seen('four', RESUME)).toBe('one');
});

test('a usage limit says when it ends, holds for all until then, and is gone', async () => {
  const places = makePlaces();
  const before = Date.now() / 1000;
  const limited = await runScript('fail limit 1s\nsay on', places);
  expect(limited.code).toBe(1);
  const { resetsAt } = limited.records.find(({ type }) => type === 'rate_limit_event')!['rate_limit_info'];
  expect(resetsAt).toBeGreaterThanOrEqual(before + 1);
  expect(limited.result).toMatchObject({
    is_error: true,
    api_error: 'usage_limit_reached',
    api_error_status: 429,
  });
  expect(limited.result!['result']).toMatch(/^You've hit your 5-hour limit · resets \d+:\d\d[ap]m \(UTC\)$/);
  expect((await runScript('fail limit 9s', places)).result).toMatchObject({
    api_error: 'usage_limit_reached',
  });
  await new Promise((resolve) => setTimeout(resolve, resetsAt * 1000 - Date.now()));
  expect((await runScript('fail limit\nsay on', places)).text).toBe('on');
  expect((await runScript('fail limit', places)).code).toBe(1);
});
