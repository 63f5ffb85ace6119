import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { emittedText } from '../../src/agents/mock/text.ts';
import { makePlaces, MockAgent, runScript } from '../support/mock-agent.ts';

test('one turn is printed in the order in which claude prints it', async () => {
  const agent = await runScript('say two words');
  expect(agent.code).toBe(0);
  expect(agent.stderr).toBe('');
  expect(agent.records.map((record) => record['event']?.type ?? record['subtype'] ?? record['type'])).toEqual(
    [
      'init',
      'status',
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_delta',
      'assistant',
      'content_block_stop',
      'message_delta',
      'message_stop',
      'success',
    ],
  );
  expect(agent.result).toMatchObject({ is_error: false, result: 'two words', num_turns: 1 });
  const { session_id } = agent.result!;
  expect(agent.records.every((record) => record['session_id'] === session_id)).toBe(true);
});

test('a process answers one message after the other, with an init and a result each and cumulative costs', async () => {
  const agent = new MockAgent().send('usage 100 10 0.25\nsay one').send('usage 100 10 0.5\nsay two').end();
  expect((await agent.exited).code).toBe(0);
  const results = agent.records.filter((record) => record['type'] === 'result');
  expect(agent.records.filter((record) => record['subtype'] === 'init')).toHaveLength(2);
  expect(results.map((result) => result['result'])).toEqual(['one', 'two']);
  expect(results.map((result) => result['total_cost_usd'])).toEqual([0.25, 0.75]);
  expect(results.map((result) => result['usage'].input_tokens)).toEqual([100, 100]);
  expect(results[1]!['modelUsage'].mock.inputTokens).toBe(200);
  expect(results.map((result) => result['model_usage_since_last_result'].mock.costUSD)).toEqual([0.25, 0.5]);
});

test('stdin that ends without a message is no error, and nothing is printed', async () => {
  const agent = new MockAgent().end();
  expect(await agent.exited).toEqual({ code: 0, signal: null });
  expect(agent.lines).toEqual([]);
});

test('a line that is no JSON ends the process, one of an unknown kind does not', async () => {
  const agent = new MockAgent().write('{"type":"mystery"}\n').write('oops\n');
  expect((await agent.exited).code).toBe(1);
  expect(agent.stderr).toMatch(/^Error parsing streaming input line: oops/);
});

test('a message that is no script is echoed, a script with a bad line fails before it runs', async () => {
  expect((await runScript('Good morning')).text).toContain('“Good morning”');
  const agent = await runScript('write made.txt text\nslep 1s', { args: ['--allowedTools', 'Write'] });
  expect(agent.code).toBe(1);
  expect(agent.result).toMatchObject({ is_error: true, subtype: 'success' });
  expect(agent.result!['result']).toContain("line 2: there is no verb 'slep'");
  expect(agent.toolResults).toEqual([]);
});

test('emit answers exactly the bytes it was asked for, in deltas and blocks', async () => {
  const agent = await runScript('emit 3MB 10KB');
  expect(Buffer.byteLength(agent.text)).toBe(3_000_000);
  // Compared by hand: the difference of two long texts takes minutes to print.
  expect(agent.text === [...emittedText(3_000_000, 7_000)].join('')).toBe(true);
  const deltas = agent.records.map((record) => record['event']?.delta?.text ?? '').join('');
  expect(deltas === agent.text).toBe(true);
});

test('memory is flat in the size of the answer', async () => {
  const { cwd, home } = makePlaces();
  const agent = new MockAgent({ cwd, home, args: ['--allowedTools', 'Bash'], isHeard: false });
  agent.send('emit 100MB\nbash grep VmHWM /proc/$PPID/status > memory').end();
  expect((await agent.exited).code).toBe(0);
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(path.join(cwd, 'memory'), 'utf8'))!;
  expect(Number(kilobytes)).toBeLessThan(170_000);
});

test('a reader that goes away early does not stop it', async () => {
  const agent = new MockAgent().send('stream 20ms a b c d e\nemit 1MB');
  await agent.until({ type: 'stream_event' });
  agent.closeStdout();
  agent.end();
  expect(await agent.exited).toEqual({ code: 0, signal: null });
});

test('arguments claude does not know are refused in its words', async () => {
  const agent = new MockAgent({ args: ['--nosuch-flag'] });
  expect((await agent.exited).code).toBe(1);
  expect(agent.stderr).toBe("error: unknown option '--nosuch-flag'\n");
});
