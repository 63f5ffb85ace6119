import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AgentCommand, spawnAgent } from '../../src/agents/process/process.ts';
import { isAlive } from '../../src/system/owner.ts';
import { startAgent, until } from '../support/agent-children.ts';
import { makeScratch } from '../support/turn-log.ts';

function command(overrides: Partial<AgentCommand>): AgentCommand {
  const cwd = makeScratch();
  return {
    program: [process.execPath],
    argv: ['-e', ''],
    cwd,
    env: {},
    logPath: join(cwd, 'turn.ndjson'),
    stderrPath: join(cwd, 'stderr.log'),
    ...overrides,
  };
}

describe('what is started', () => {
  test('stdout goes to the log, stderr beside it, both for the owner alone', async () => {
    const options = command({ argv: ['-e', 'console.log("out"); console.error("err")'] });
    const agent = await spawnAgent(options);
    expect(await agent.exited).toEqual({ code: 0, signal: null });
    expect(readFileSync(options.logPath, 'utf8')).toBe('out\n');
    expect(readFileSync(options.stderrPath, 'utf8')).toBe('err\n');
    expect(statSync(options.logPath).mode & 0o777).toBe(0o600);
    expect(statSync(options.stderrPath).mode & 0o777).toBe(0o600);
  });

  test('a log that is there is continued', async () => {
    const options = command({ argv: ['-e', 'console.log("second")'] });
    writeFileSync(options.logPath, 'first\n');
    await (
      await spawnAgent(options)
    ).exited;
    expect(readFileSync(options.logPath, 'utf8')).toBe('first\nsecond\n');
  });

  test('the environment is the one given and nothing else', async () => {
    const options = command({
      argv: ['-e', 'console.log(JSON.stringify(process.env))'],
      env: { ONLY: 'this' },
    });
    await (
      await spawnAgent(options)
    ).exited;
    expect(JSON.parse(readFileSync(options.logPath, 'utf8'))).toEqual({ ONLY: 'this' });
  });

  test('it leads a process group, so our terminal does not reach it', async () => {
    const agent = await startAgent([]);
    const stat = readFileSync(`/proc/${agent.pid}/stat`, 'latin1').split(') ')[1]?.split(' ');
    expect(Number(stat?.[2])).toBe(agent.pid);
    expect(isAlive(agent.owner)).toBe(true);
  });
});

describe('stdin', () => {
  test('lines arrive, also large ones, and the end of input too', async () => {
    const agent = await startAgent(['echo', 'leave']);
    const long = 'x'.repeat(3_000_000);
    await agent.send('one\n');
    await agent.send(`${long}\n`);
    agent.endInput();
    await agent.exited;
    expect(readFileSync(agent.logPath, 'utf8')).toBe(`ready\none\n${long}\n`);
  });

  test('an agent that is gone does not fail the sender', async () => {
    const gone = await spawnAgent(command({ argv: ['-e', 'process.exit(3)'] }));
    expect((await gone.exited).code).toBe(3);
    await gone.send('too late\n'.repeat(100_000));
    gone.endInput();
    await gone.send('later still\n');
  });
});

test('an agent that closes its stdin and stays does not fail the sender either', async () => {
  const deaf = 'require("node:fs").closeSync(0); console.log("deaf"); setTimeout(() => {}, 60_000)';
  const options = command({ argv: ['-e', deaf] });
  const agent = await spawnAgent(options);
  await until(() => readFileSync(options.logPath, 'utf8') === 'deaf\n');
  await agent.send('x'.repeat(1_000_000));
  await agent.send('more\n');
  agent.endInput();
  process.kill(agent.pid, 'SIGKILL');
  expect(await agent.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('the agent goes on, and its log grows, when the process that started it is killed', async () => {
  const directory = makeScratch();
  const log = join(directory, 'turn.ndjson');
  const script = join(directory, 'starter.ts');
  const agentModule = new URL('../../src/agents/process/process.ts', import.meta.url).pathname;
  const talk = 'setTimeout(() => { console.log("after"); process.exit(0) }, 400); process.stdin.resume()';
  const options = { program: [process.execPath], argv: ['-e', talk], cwd: directory, env: {}, logPath: log };
  const bundle = join(directory, 'starter.cjs');
  writeFileSync(
    script,
    `import { spawnAgent } from ${JSON.stringify(agentModule)};
     void spawnAgent({ ...${JSON.stringify(options)}, stderrPath: ${JSON.stringify(join(directory, 'err'))} })
       .then(() => process.kill(process.pid, 'SIGKILL'));`,
  );
  const { build } = await import('esbuild');
  await build({
    entryPoints: [script],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'silent',
  });
  const starter = spawn(process.execPath, [bundle], { stdio: 'ignore' });
  const signal = await new Promise((resolve) => void starter.once('exit', (_, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
  await until(() => readFileSync(log, 'utf8') === 'after\n');
});

describe('what can not be started', () => {
  test.each([
    [
      'a program that is not there',
      { program: ['no-such-agent'] },
      'AGENT_MISSING',
      /"no-such-agent" was not found/,
    ],
    ['a path that is not there', { program: ['/no/such/agent'] }, 'AGENT_MISSING', /was not found/],
    ['a root that is gone', { cwd: '/no/such/root' }, 'AGENT_FAILED', /\/no\/such\/root, does not exist/],
    ['a log that can not be written', { logPath: '/no/such/log' }, 'STORE_UNREADABLE', /\/no\/such\/log/],
  ])('%s', async (_, overrides, code, message) => {
    const failure = spawnAgent(command(overrides as Partial<AgentCommand>));
    await expect(failure).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('a file that may not be executed, and a script whose interpreter is missing', async () => {
    const directory = makeScratch();
    const plain = join(directory, 'plain');
    writeFileSync(plain, 'hello');
    chmodSync(plain, 0o600);
    await expect(spawnAgent(command({ program: [plain] }))).rejects.toMatchObject({
      code: 'AGENT_MISSING',
      message: expect.stringContaining('may not be executed'),
    });
    const script = join(directory, 'script');
    writeFileSync(script, '#!/no/such/interpreter\n');
    chmodSync(script, 0o700);
    await expect(spawnAgent(command({ program: [script] }))).rejects.toMatchObject({
      code: 'AGENT_MISSING',
      message: expect.stringContaining('interpreter'),
    });
  });

  test('a root that is removed between two turns says so, whatever the program', async () => {
    const cwd = join(makeScratch(), 'root');
    mkdirSync(cwd);
    rmSync(cwd, { recursive: true });
    await expect(spawnAgent(command({ cwd, program: ['no-such-agent'] }))).rejects.toThrow(
      /does not exist any more/,
    );
  });
});
