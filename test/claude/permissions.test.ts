import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reply, toolUse } from '../support/api-reply.ts';
import type { OutputRecord } from './running.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

type Call = [tool: string, input: Record<string, unknown>];

it('user mode: reports may be written and python run, other files not', async () => {
  const bench = await openWorkbench();
  const results = join(bench.root, 'studies', 'bracket', '3_results');
  mkdirSync(results, { recursive: true });
  const at = (...path: string[]): string => join(bench.root, ...path);
  const write = (path: string): Call => ['Write', { file_path: path, content: 'text' }];
  const bash = (command: string): Call => ['Bash', { command }];
  const allowed: Call[] = [
    write(at('STUDY_REPORT.md')),
    write(at('studies', 'bracket', 'STUDY_REPORT.md')),
    write(join(results, 'summary.md')),
    ['Read', { file_path: join(results, 'summary.md') }],
    bash('python3 -c "print(6 * 7)"'),
    bash('python --version'),
  ];
  const denied: Call[] = [
    write(at('notes.md')),
    write(join(results, 'data.csv')),
    write(join(bench.scratch, 'STUDY_REPORT.md')),
    bash('touch marker1'),
    bash('python3 -c "print(1)"; touch marker2'),
    bash('python3 -c "print(1)" && touch marker3'),
    bash('python3 -c "print(1)" > marker4'),
    bash('python3 $(touch marker5)'),
    bash('python3.99 -c "print(1)"'),
    ['WebFetch', { url: 'http://127.0.0.1:1/', prompt: 'x' }],
  ];
  const id = await bench.create();
  makeCalls(bench, [...allowed, ...denied]);
  const { status, records, done } = await bench.run('send', id, 'Do it all.', '--ndjson');
  expect(status).toBe(0);
  const told = (done['permission_denials'] as OutputRecord[]).map((denial) => [
    denial['tool_name'],
    denial['tool_input'],
  ]);
  expect(told).toHaveLength(denied.length);
  expect(told).toEqual(expect.arrayContaining(denied));
  const outcomes = records
    .filter(({ type }) => type === 'tool_result')
    .map((record) => record['denied'] === true);
  expect(outcomes).toEqual([...allowed.map(() => false), ...denied.map(() => true)]);
  expect(readFileSync(join(results, 'summary.md'), 'utf8')).toBe('text');
  for (const file of ['notes.md', 'marker1', 'marker2', 'marker3', 'marker4', 'marker5'])
    expect(existsSync(at(file)), file).toBe(false);
});

it('a denied tool is exit status 5 where that is asked for, and shows in the history', async () => {
  const bench = await openWorkbench();
  const id = await bench.create();
  makeCalls(bench, [['Bash', { command: 'touch marker' }]]);
  const { status, records, done } = await bench.run('send', id, 'Touch it.', '--ndjson', '--fail-on-denied');
  expect(status).toBe(5);
  expect(records.find(({ type }) => type === 'error')).toMatchObject({ code: 'PERMISSION_DENIED' });
  expect(done).toMatchObject({ exit_code: 5, text: 'All done.' });
  const history = JSON.parse((await bench.run('history', id, '--json', '--tools')).stdout) as {
    tool_calls: unknown[];
  }[];
  expect(history[1]?.tool_calls).toMatchObject([
    { name: 'Bash', input: { command: 'touch marker' }, denied: true },
  ]);
});

it('power mode: everything goes, where it is not forbidden', async () => {
  const bench = await openWorkbench();
  bench.env['IS_SANDBOX'] = '1';
  const id = await bench.create('--mode', 'power');
  makeCalls(bench, [['Bash', { command: 'touch marker' }]]);
  const { done } = await bench.run('send', id, 'Touch it.', '--ndjson');
  expect(done).toMatchObject({ status: 'completed', permission_denials: [] });
  expect(existsSync(join(bench.root, 'marker'))).toBe(true);

  bench.env['CLAUDE_SESSION_ALLOW_POWER'] = '0';
  expect((await bench.run('send', id, 'Again.')).status).toBe(5);
  expect(bench.api.requests).toHaveLength(2);
});

it.runIf(process.getuid?.() === 0)('power mode as root says what claude wants', async () => {
  const bench = await openWorkbench();
  const id = await bench.create('--mode', 'power');
  const { status, stderr } = await bench.run('send', id, 'hello');
  expect(status).not.toBe(0);
  expect(stderr).toContain('IS_SANDBOX');
});

/** Makes the model call these tools one after the other, whatever comes of it. */
function makeCalls(bench: Workbench, calls: Call[]): void {
  bench.api.answer(...calls.map(([tool, input]) => reply(toolUse(tool, input))), reply('All done.'));
}
