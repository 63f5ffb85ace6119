import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

interface Step {
  name?: string;
  uses?: string;
  run?: string;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: unknown;
  jobs: Record<string, { permissions?: unknown; uses?: string; needs?: string; steps?: Step[] }>;
}

const TOP = fileURLToPath(new URL('../../..', import.meta.url));
const DIRECTORY = join(TOP, '.github/workflows');
const read = (name: string): Workflow => parse(readFileSync(join(DIRECTORY, name), 'utf8')) as Workflow;
const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const commandsOf = (workflow: Workflow): string[] => stepsOf(workflow).flatMap(({ run }) => run ?? []);

it.each(readdirSync(DIRECTORY))('%s uses actions of GitHub alone, by their major version', (name) => {
  const used = stepsOf(read(name)).flatMap(({ uses }) => uses ?? []);
  expect(used).not.toEqual([]);
  expect(used.filter((each) => !/^actions\/[a-z-]+@v\d+$/.test(each))).toEqual([]);
});

it('checks a push and a pull request, and may only read', () => {
  const workflow = read('check.yml');
  expect(Object.keys(workflow.on)).toEqual(expect.arrayContaining(['push', 'pull_request']));
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(commandsOf(workflow).slice(-2)).toEqual(['npm ci', 'npm run check']);
});

it('installs the programs that .ci/run does', () => {
  const packagesIn = (text: string): string[] =>
    /--no-install-recommends ([a-z0-9 -]+)/.exec(text)![1]!.trim().split(' ');
  expect(packagesIn(commandsOf(read('check.yml')).join('\n'))).toEqual(
    packagesIn(readFileSync(join(TOP, '.ci/run'), 'utf8')),
  );
});

it('publishes only what was checked, and only that job proves who it is', () => {
  const { permissions, jobs } = read('publish.yml');
  expect(permissions).toEqual({});
  expect(jobs).toMatchObject({
    check: { permissions: { contents: 'read' }, uses: './.github/workflows/check.yml' },
    publish: { needs: 'check', permissions: { contents: 'read', 'id-token': 'write' } },
  });
});

it('refuses a tag that is not the version', () => {
  const { version } = JSON.parse(readFileSync(join(TOP, 'package.json'), 'utf8')) as { version: string };
  const [check] = commandsOf(read('publish.yml')).filter((command) => command.includes('GITHUB_REF_NAME'));
  const checkTag = (tag: string) =>
    spawnSync('bash', ['-e', '-c', check!], {
      cwd: TOP,
      env: { ...process.env, GITHUB_REF_NAME: tag },
      encoding: 'utf8',
    });
  expect(checkTag(`v${version}`)).toMatchObject({ status: 0, stdout: '' });
  expect(checkTag('v99.0.0')).toMatchObject({
    status: 1,
    stdout: `::error::The tag is v99.0.0, the version in package.json is ${version}.\n`,
  });
});
