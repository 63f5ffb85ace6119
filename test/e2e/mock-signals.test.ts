import path from 'node:path';
import { expect, test } from 'vitest';
import { isAlive, makePlaces, MockAgent, pidIn } from '../support/mock-agent.ts';

const STOPPED = { type: 'result', subtype: 'error_during_execution', is_error: true };

/** A turn that is under way, in a process old enough to have its signal handlers. */
async function startTurn(script: string): Promise<MockAgent> {
  const agent = new MockAgent().send(`sleep 300ms\n${script}`);
  await agent.until({ event: { type: 'content_block_delta' } });
  return agent;
}

test('SIGINT in mid-stream keeps the text so far, prints a result, and exits with 0', async () => {
  const agent = await startTurn('stream 50ms one two three four five six seven eight nine ten');
  agent.kill('SIGINT');
  expect(await agent.exited).toEqual({ code: 0, signal: null });
  expect(agent.result).toMatchObject({ ...STOPPED, terminal_reason: 'aborted_streaming', num_turns: 2 });
  expect('one two three four five six seven eight nine ten').toContain(agent.text.trim());
  expect(agent.text).not.toBe('');
  expect(agent.records.at(-2)).toMatchObject({
    message: { content: [{ text: '[Request interrupted by user]' }] },
  });
});

test('an interrupt request is answered, ends the turn, and the process goes on', async () => {
  const agent = await startTurn('say working\nhang');
  agent.interrupt('r7');
  await agent.until({ type: 'result' });
  expect(agent.records).toContainEqual({
    type: 'control_response',
    response: { subtype: 'success', request_id: 'r7' },
  });
  expect(agent.result).toMatchObject(STOPPED);
  agent.send('say second').end();
  expect((await agent.exited).code).toBe(0);
  expect(agent.result).toMatchObject({ result: 'second', is_error: false });
});

test('SIGINT during a Bash command rejects it and leaves nothing running', async () => {
  const { agent, shell } = await startCommand();
  agent.kill('SIGINT');
  expect((await agent.exited).code).toBe(0);
  expect(agent.result).toMatchObject({ ...STOPPED, terminal_reason: 'aborted_tools', num_turns: 3 });
  expect(agent.toolResults[0]).toMatchObject({ is_error: true });
  await expect.poll(() => isAlive(shell)).toBe(false);
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends it with %i and no result', async (signal, code) => {
  const agent = await startTurn('say working\nhang');
  agent.kill(signal);
  expect(await agent.exited).toEqual({ code, signal: null });
  expect(agent.result).toBeUndefined();
});

test('SIGTERM leaves a running Bash command behind, in a process group of its own', async () => {
  const { agent, shell } = await startCommand();
  agent.kill('SIGTERM');
  expect((await agent.exited).code).toBe(143);
  expect(isAlive(shell)).toBe(true);
  process.kill(-shell, 'SIGKILL');
});

test('SIGINT in the first moments just kills it, as it does claude', async () => {
  const agent = new MockAgent().send('say hello');
  agent.kill('SIGINT');
  expect(await agent.exited).toEqual({ code: null, signal: 'SIGINT' });
});

test('what a script makes it ignore it ignores; SIGKILL ends it', async () => {
  const agent = await startTurn('ignore\nsay deaf\nhang');
  agent.interrupt().kill('SIGINT').kill('SIGTERM').kill('SIGHUP').end();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(isAlive(agent.pid)).toBe(true);
  expect(agent.records.some((record) => record['type'] === 'control_response')).toBe(false);
  agent.kill('SIGKILL');
  expect(await agent.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('a turn that runs at the end of stdin is finished', async () => {
  const agent = new MockAgent().send('sleep 100ms\nsay late').end();
  expect((await agent.exited).code).toBe(0);
  expect(agent.text).toBe('late');
});

/** A turn in a Bash command that sleeps, and the process of that command. */
async function startCommand(): Promise<{ agent: MockAgent; shell: number }> {
  const { cwd } = makePlaces();
  const agent = new MockAgent({ cwd, args: ['--allowedTools', 'Bash'] });
  agent.send('sleep 300ms\nbash echo $$ > pid; sleep 60; true');
  return { agent, shell: await pidIn(path.join(cwd, 'pid')) };
}
