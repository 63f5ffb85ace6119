import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isAlive, pidIn } from '../support/mock-agent.ts';
import { expectNoProcess, processesOf } from '../support/processes.ts';
import { Place, type Running } from '../support/run.ts';

const ECHO = fileURLToPath(new URL('../support/mcp-echo.mjs', import.meta.url));

/** A session with a shell that its agent's tool left in a session of its own, and with an MCP server of these habits. */
async function setUp(habits: Record<string, string>): Promise<{ place: Place; id: string; server: string }> {
  const place = new Place();
  const server = path.join(place.root, 'server.pid');
  const config = path.join(place.root, 'servers.json');
  const echo = { command: process.execPath, args: [ECHO], env: { MCP_ECHO_PID_FILE: server, ...habits } };
  writeFileSync(config, JSON.stringify({ mcpServers: { echo } }));
  return { place, id: await place.newSession('--mode', 'power', '--mcp-config', config), server };
}

/** Starts a turn that a shell in a session of its own goes on beside. */
async function startTurn(
  place: Place,
  id: string,
  then: string,
): Promise<{ running: Running; shell: number }> {
  const leave = "bash setsid sh -c 'echo $$ > shell.pid; sleep 60; true' >/dev/null 2>&1 & sleep 0.2";
  const running = place.start(['send', id, `${leave}\nsay up\n${then}`, '--ndjson']);
  const shell = await pidIn(path.join(place.root, 'shell.pid'));
  await running.says('"up"');
  expect(isAlive(shell)).toBe(true);
  return { running, shell };
}

const STUBBORN = { MCP_ECHO_STUBBORN: '1' };

describe('nothing is alive after', () => {
  test.each([
    ['a normal end', 'say bye', 0],
    ['a failure', 'fail 400', 1],
    ['an agent that dies', 'kill', 1],
    ['an agent that leaves', 'crash 3', 1],
    ['a result that was cut off', 'truncate', 1],
  ] as const)('%s', async (_, then, code) => {
    const { place, id } = await setUp(STUBBORN);
    const { running, shell } = await startTurn(place, id, then);
    expect((await running.ended).code).toBe(code);
    // At once: the sweep is a part of the turn's end.
    expect(processesOf(place.home)).toEqual([]);
    expect(isAlive(shell)).toBe(false);
    expect(place.runFiles()).toEqual([]);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s', async (signal, code) => {
    const { place, id } = await setUp(STUBBORN);
    const { running } = await startTurn(place, id, 'hang');
    running.kill(signal);
    expect((await running.ended).code).toBe(code);
    expect(processesOf(place.home)).toEqual([]);
    expect(place.runFiles()).toEqual([]);
  });

  test('SIGKILL of send, and one more command', async () => {
    const { place, id } = await setUp(STUBBORN);
    const { running } = await startTurn(place, id, 'sleep 300ms\nsay bye');
    running.kill('SIGKILL');
    await running.ended;
    expect(processesOf(place.home).length).toBeGreaterThan(1);
    expect((await place.run(['wait', id])).code).toBe(0);
    await place.expectNothingLeft();
    expect((await place.history(id))[1]).toMatchObject({ status: 'completed', content: 'up\nbye' });
  });

  test('SIGKILL of send and its agent, and one more command', async () => {
    const { place, id } = await setUp(STUBBORN);
    const { running } = await startTurn(place, id, 'hang');
    const agent = processesOf(place.home).find(({ command }) => command.includes('mock-agent'))!;
    running.kill('SIGKILL');
    process.kill(agent.pid, 'SIGKILL');
    await running.ended;
    expect(processesOf(place.home).length).toBeGreaterThan(0);
    expect((await place.run(['wait', id])).code).toBe(130);
    await place.expectNothingLeft();
    expect((await place.history(id))[1]).toMatchObject({ status: 'interrupted', content: 'up' });
  });

  test('an MCP server that never answers', async () => {
    const { place, id, server } = await setUp({ ...STUBBORN, MCP_ECHO_SILENT: '1' });
    const env = { CLAUDE_SESSION_MCP_CONNECT_TIMEOUT: '1s' };
    const running = place.start(['send', id, 'say bye'], { env });
    const pid = await pidIn(server);
    expect(await running.ended).toMatchObject({ code: 0, stdout: 'bye\n' });
    expect(isAlive(pid)).toBe(false);
    await place.expectNothingLeft();
  });

  test('a timeout while an MCP server has not answered yet', async () => {
    const { place, id } = await setUp({ ...STUBBORN, MCP_ECHO_SILENT: '1' });
    const { code } = await place.run(['send', id, 'say bye', '--timeout', '2s']);
    expect(code).toBe(3);
    expect(processesOf(place.home)).toEqual([]);
  });
});

test('what belongs to another session is left alone', async () => {
  const { place, id } = await setUp({});
  const { shell } = await startTurn(place, id, 'hang');
  const other = await place.newSession();
  await place.must('send', other, 'say something');
  expect(isAlive(shell)).toBe(true);
  await place.must('cancel', id);
  expect(isAlive(shell)).toBe(false);
  await expectNoProcess(place.home);
});
