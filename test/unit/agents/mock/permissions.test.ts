import { expect, test } from 'vitest';
import { Permissions } from '../../../../src/agents/mock/permissions.ts';
import type { MockOptions } from '../../../../src/agents/mock/options.ts';

const CWD = '/srv';

function permissions(allowed: string[], permissionMode = 'default', disallowed: string[] = []): Permissions {
  const options = { permissionMode, allowedTools: allowed, disallowedTools: disallowed } as MockOptions;
  return new Permissions(options, CWD);
}

test.each([
  ['Bash', { command: 'echo hi | wc -c; true' }, []],
  ['Bash', { command: 'rm x' }, ['Bash']],
  ['Bash', { command: 'git commit -m x' }, ['Bash(git commit:*)']],
  ['Read', { file_path: 'notes' }, []],
  ['Read', { file_path: '/etc/passwd' }, ['Read']],
  ['Write', { file_path: '/srv/a/STUDY_REPORT.md' }, ['Edit(**/STUDY_REPORT.md)']],
  ['WebFetch', {}, ['WebFetch']],
  ['mcp__atomizer__echo', {}, ['mcp__atomizer']],
  ['mcp__atomizer__echo', {}, ['mcp__atomizer__*']],
])('%s of %j is allowed with %j', (tool, input, allowed) => {
  expect(permissions(allowed).denial(tool, input)).toBeUndefined();
});

test.each([
  ['Bash', { command: 'touch x' }, [], 'This command requires approval'],
  ['Bash', { command: 'echo x > file' }, [], 'This command requires approval'],
  ['Bash', { command: 'echo $(touch x)' }, [], 'This command requires approval'],
  ['Bash', { command: 'true; touch x' }, [], 'This command requires approval'],
  ['Bash', { command: 'git commits' }, ['Bash(git commit:*)'], 'This command requires approval'],
  ['Read', { file_path: '/etc/passwd' }, [], 'read from /etc/passwd'],
  ['Write', { file_path: 'STUDY_REPORT.md' }, ['Write(**/STUDY_REPORT.md)'], 'write to /srv/STUDY_REPORT'],
  ['Write', { file_path: 'other.md' }, ['Edit(**/STUDY_REPORT.md)'], 'write to /srv/other.md'],
  ['mcp__atomizer__echo', {}, ['mcp__atom'], 'use mcp__atomizer__echo'],
])('%s of %j is denied with %j', (tool, input, allowed, words) => {
  expect(permissions(allowed).denial(tool, input)).toContain(words);
});

test('power mode needs no rule; what is disallowed is not there', () => {
  expect(permissions([], 'bypassPermissions').denial('Bash', { command: 'touch x' })).toBeUndefined();
  expect(permissions([], 'dontAsk').denial('WebFetch', {})).toContain("don't ask mode");
  const without = permissions(['Bash'], 'default', ['Bash', 'mcp__atomizer']);
  expect(['Bash', 'mcp__atomizer__echo', 'Read'].map((tool) => without.has(tool))).toEqual([
    false,
    false,
    true,
  ]);
});
