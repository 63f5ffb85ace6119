import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Place } from '../support/run.ts';
import type { Content } from '../support/run.ts';

/** Put together here, so that nothing in the repository looks like a key to those who scan for them. */
const KEY = `sk-ant-api03-${'aB3x'.repeat(8)}`;
const on = { CLAUDE_SESSION_REDACT: '1' };

/** All that there is of a place, in bytes. */
function everything(place: Place): string {
  return readFileSync(path.join(place.home, 'sessions.sqlite'), 'latin1');
}

function records(stdout: string): Content[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Content);
}

it('masks what is stored, not what the agent is told nor what is printed', async () => {
  const place = new Place();
  const id = await place.newSession();
  const script = `say one ${KEY} two\nbash echo ${KEY}\nsay three`;
  const { code, stdout } = await place.run(['send', id, script, '--ndjson'], { env: on });
  expect(code).toBe(0);
  expect(records(stdout).at(-1)).toMatchObject({ text: `one ${KEY} two\n\nthree` });
  expect(everything(place)).not.toContain('aB3xaB3x');
  const [user, assistant] = await place.history(id);
  expect(user!['content']).toBe('say one [redacted] two\nbash echo [redacted]\nsay three');
  expect(assistant).toMatchObject({
    content: 'one [redacted] two\n\nthree',
    tool_calls: [{ input: { command: 'echo [redacted]' }, result: '[redacted]' }],
  });
  // The call is told again where it was made, though the text before it has another length now.
  const told = records((await place.run(['watch', id, '--ndjson'])).stdout).map(({ type }) => type as string);
  expect(told).toEqual(['start', 'text', 'tool_call', 'tool_result', 'text', 'done']);
});

it('masks the answer on stdout only when asked to', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('config', 'set', 'redact.enabled', 'true');
  await place.must('config', 'set', 'redact.stream', 'true');
  const { stdout } = await place.run(['send', id, `say key ${KEY}!\nsay more\nbash echo ${KEY}`, '--ndjson']);
  expect(stdout).not.toContain('aB3x');
  const told = records(stdout);
  expect(told.flatMap(({ type, content }) => (type === 'text' ? [content as string] : [])).join('')).toBe(
    'key [redacted]!\nmore\n\n[redacted]',
  );
  expect(told.at(-1)).toMatchObject({
    text: 'key [redacted]!\nmore\n\n[redacted]',
    tool_calls: [{ input: { command: 'echo [redacted]' }, result: '[redacted]' }],
  });
  expect((await place.run(['send', id, `drop a ${KEY}\nsay b`])).stdout).not.toContain('aB3x');
});

it('masks patterns of the user instead of the usual ones', async () => {
  const place = new Place();
  const id = await place.newSession();
  await place.must('config', 'set', 'redact.enabled', 'true');
  await place.must('config', 'set', 'redact.patterns', String.raw`ACME-\d+`);
  await place.must('send', id, `say ACME-42 ${KEY}`);
  expect((await place.history(id))[1]!['content']).toBe(`[redacted] ${KEY}`);
});

it('masks whoever ends the turn, and what is kept of the stream', async () => {
  const place = new Place();
  const id = await place.newSession();
  const script = `say detached ${KEY}\nbash printf ${KEY} | wc -c`;
  expect((await place.run(['send', id, script, '--detach'], { env: on })).code).toBe(0);
  await place.must('wait', id);
  expect(await place.history(id)).toMatchObject([
    { content: 'say detached [redacted]\nbash printf [redacted] | wc -c' },
    // The agent itself had all of the key.
    { content: `detached [redacted]\n\n${KEY.length}`, tool_calls: [{ result: String(KEY.length) }] },
  ]);
  const file = path.join(place.root, 'record.ndjson');
  await place.run(['send', id, `say recorded ${KEY}\nbash echo ${KEY}`, '--record', file], { env: on });
  const kept = readFileSync(file, 'utf8');
  expect(kept).not.toContain('aB3x');
  const types = records(kept).map(({ type }) => type as string);
  expect(types).toContain('result');
  expect(types).not.toContain('stream_event');

  // The owner dies; another process ends the turn from its log.
  const running = place.start(['send', id, `say early ${KEY}\nsleep 1m`, '--ndjson'], { env: on });
  await running.says('early');
  running.kill('SIGKILL');
  await running.ended;
  await place.must('cancel', id);
  expect((await place.history(id)).at(-1)!['content']).toBe('early [redacted]');
  expect(everything(place)).not.toContain('aB3xaB3x');
  await place.expectNothingLeft();
});

it('masks an export when asked to', async () => {
  const place = new Place();
  const id = await place.newSession('--system-prompt', `Use ${KEY}.`);
  await place.must('send', id, `say it is ${KEY}\nbash echo ${KEY}`);
  for (const format of ['jsonl', 'markdown', 'html']) {
    expect(await place.must('export', id, '--format', format)).toContain('aB3x');
    const masked = await place.must('export', id, '--format', format, '--redact');
    expect(masked).not.toContain('aB3x');
    expect(masked).toContain('[redacted]');
  }
});

/** An agent in place of claude that prints these records, a line on stderr, and is gone. */
async function useAgent(place: Place, said: object[], stderr = ''): Promise<void> {
  const file = path.join(place.root, 'agent.mjs');
  const lines = said.map((record) => `${JSON.stringify({ session_id: SESSION, ...record })}\n`);
  writeFileSync(
    file,
    `process.stdout.write(${JSON.stringify(lines.join(''))});\nprocess.stderr.write(${JSON.stringify(stderr)});\nprocess.exitCode = ${stderr === '' ? 0 : 1};\n`,
  );
  place.env['CLAUDE_SESSION_AGENT'] = 'claude';
  await place.must('config', 'set', 'agents.claude.command', process.execPath, file);
}
const SESSION = '11111111-1111-4111-8111-111111111111';
const INIT = { type: 'system', subtype: 'init', model: 'm', mcp_servers: [], claude_code_version: '0' };

/** The answer in text blocks of one message. */
function saying(...texts: string[]): object[] {
  const blocks = texts.map((text) => ({
    type: 'assistant',
    message: { id: 'msg_1', role: 'assistant', content: [{ type: 'text', text }] },
  }));
  const result = {
    type: 'result',
    subtype: 'success',
    is_error: false,
    result: texts.at(-1),
    num_turns: 1,
    total_cost_usd: 0,
    permission_denials: [],
  };
  return [INIT, ...blocks, result];
}

it.each([
  ['the agent said on stderr', [INIT], `cannot use ${KEY}\n`],
  [
    'its result says',
    [INIT, { type: 'result', subtype: 'error_during_execution', is_error: true, result: `bad ${KEY}` }],
    '',
  ],
])('masks a failure in what %s, wherever it is told', async (_, said, stderr) => {
  const place = new Place();
  await useAgent(place, said, stderr);
  const id = await place.newSession();
  await place.must('config', 'set', 'redact.enabled', 'true');
  for (const form of [[], ['--json'], ['--ndjson'], ['--warm', '--idle', '1s']]) {
    const told = await place.run(['send', id, 'hi', ...form]);
    expect(told.code).toBe(1);
    expect(told.stdout + told.stderr).toContain('[redacted]');
    expect(told.stdout + told.stderr).not.toContain('aB3x');
  }
});

it('masks failures of the command line itself', async () => {
  const place = new Place();
  const { code, stdout, stderr } = await place.run(['show', KEY, '--json'], { env: on });
  expect(code).toBe(4);
  expect(JSON.parse(stdout)).toMatchObject({ message: 'No session matches "[redacted]".' });
  expect(stderr).toContain('"[redacted]"');
});

it('masks a key that lies across two blocks of a message, in what is kept of the stream too', async () => {
  const place = new Place();
  await useAgent(place, saying(`it is ${KEY.slice(0, 20)}`, `${KEY.slice(20)}, or so`));
  const id = await place.newSession();
  const file = path.join(place.root, 'record.ndjson');
  await place.run(['send', id, 'hi', '--record', file], { env: on });
  expect((await place.history(id))[1]!['content']).toBe('it is [redacted], or so');
  const kept = readFileSync(file, 'utf8');
  expect(kept).not.toContain('B3x');
  const texts = records(kept).flatMap(({ type, message, result }) =>
    type === 'assistant' ? [message.content[0].text as string] : type === 'result' ? [result as string] : [],
  );
  expect(texts).toEqual(['it is [redacted]', ', or so', ', or so']);
});
