import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  id?: string;
  uses?: string;
  shell?: string;
  run?: string;
  with?: Record<string, string>;
}

interface Action {
  inputs: Record<string, { description: string; default: string }>;
  outputs: Record<string, { description: string; value: string }>;
  runs: { using: string; steps: Step[] };
}

const DIRECTORY = fileURLToPath(new URL('../../../.github/actions/session/', import.meta.url));
const source = readFileSync(join(DIRECTORY, 'action.yml'), 'utf8');
const guide = readFileSync(join(DIRECTORY, 'README.md'), 'utf8');
const action = parse(source) as Action;
const { steps } = action.runs;

const scratch = mkdtempSync(join(tmpdir(), 'session-action-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('is a composite action, of actions of GitHub by their major version and of commands with a shell', () => {
  expect(action.runs.using).toBe('composite');
  for (const { uses, run, shell } of steps)
    expect(run === undefined ? uses : shell).toMatch(
      run === undefined ? /^actions\/[a-z/-]+@v\d+$/ : /^bash$/,
    );
});

it('uses inputs and outputs of steps that there are', () => {
  const inputs = [...source.matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name!);
  expect([...new Set(inputs)].toSorted()).toEqual(Object.keys(action.inputs).toSorted());
  const written = steps.find(({ id }) => id === 'history')!.run!;
  const outputs = [...source.matchAll(/\bsteps\.history\.outputs\.([\w-]+)/g)].map(([, name]) => name!);
  expect(outputs.filter((name) => !written.includes(`echo "${name}=`))).toEqual([]);
});

it('is documented: each input with its default, each output, and an example that gives only inputs', () => {
  for (const [name, { default: value }] of Object.entries(action.inputs))
    expect(guide).toMatch(new RegExp(`^\\| \`${name}\` \\| .*${value}`, 'm'));
  for (const name of Object.keys(action.outputs)) expect(guide).toMatch(`\n| \`${name}\` | `);
  const [, example] = /^```yaml\n(.*?)^```$/ms.exec(guide)!;
  const { jobs } = parse(example!) as { jobs: { report: { steps: Step[] } } };
  const own = jobs.report.steps.find(({ uses }) => uses?.includes('actions/session@'))!;
  expect(Object.keys(own.with!).filter((name) => !(name in action.inputs))).toEqual([]);
});

const choose = (given: Record<string, string>): Record<string, string> => {
  const files = { GITHUB_OUTPUT: join(scratch, 'output'), GITHUB_ENV: join(scratch, 'env') };
  for (const file of Object.values(files)) rmSync(file, { force: true });
  const { run } = steps.find(({ id }) => id === 'history')!;
  const { status, stderr } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run!], {
    cwd: scratch,
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      RUNNER_TEMP: '/runner/temp',
      GITHUB_RUN_ID: '77',
      GITHUB_RUN_ATTEMPT: '2',
      HOME_INPUT: '',
      PREFIX: 'claude-session-nightly-main-',
      SAVE: 'true',
      IS_FROM_FORK: 'false',
      ...files,
      ...given,
    },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = Object.values(files).flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
  return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
};

it('keeps the history by branch and run, where later steps find it', () => {
  expect(choose({})).toEqual({
    home: '/runner/temp/claude-session',
    cache: 'save',
    prefix: 'claude-session-nightly-main-',
    key: 'claude-session-nightly-main-77-2',
    CLAUDE_SESSION_HOME: '/runner/temp/claude-session',
  });
  expect(choose({ HOME_INPUT: 'my history' })).toMatchObject({
    home: join(scratch, 'my history'),
    CLAUDE_SESSION_HOME: join(scratch, 'my history'),
  });
});

it('saves nothing when told so, and gives a fork no history', () => {
  expect(choose({ SAVE: 'false' })['cache']).toBe('restore');
  expect(choose({ IS_FROM_FORK: 'true' })['cache']).toBe('none');
  expect(choose({ IS_FROM_FORK: 'true', SAVE: 'false' })['cache']).toBe('none');
});
