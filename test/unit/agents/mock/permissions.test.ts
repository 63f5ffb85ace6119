import { expect, test } from 'vitest';
import { allows, hasTool } from '../../../../src/agents/mock/permissions.ts';

const CWD = '/srv';

const rules = (allowedTools: string[], isPower = false, disallowedTools: string[] = []) => ({
  isPower,
  allowedTools,
  disallowedTools,
});

test.each([
  ['Bash', { command: 'echo hi | wc -c; true' }, []],
  ['Bash', { command: 'rm x' }, ['Bash']],
  ['Bash', { command: 'git commit -m x' }, ['Bash(git commit:*)']],
  ['Bash', { command: `python3 -c 'import x; x.run() > 1' "a; b" | wc -l` }, ['Bash(python3:*)']],
  ['Bash', { command: 'echo x > file' }, ['Bash(echo x > file)']],
  ['Read', { file_path: '/srv/notes' }, []],
  ['Read', { file_path: '/srv/notes' }, ['Read']],
  ['Read', { file_path: '/etc/passwd' }, ['Read']],
  ['Write', { file_path: '/srv/STUDY_REPORT.md' }, ['Edit(**/STUDY_REPORT.md)']],
  ['Write', { file_path: '/srv/a/b/STUDY_REPORT.md' }, ['Edit(**/STUDY_REPORT.md)']],
  ['Write', { file_path: '/srv/a/3_results/x.md' }, ['Edit(**/3_results/*.md)']],
  ['mcp__atomizer__echo', {}, ['mcp__atomizer']],
  ['mcp__atomizer__echo', {}, ['mcp__atomizer__*']],
])('%s of %j is allowed with %j', (tool, input, allowed) => {
  expect(allows(rules(allowed), CWD, tool, input)).toBe(true);
});

test.each([
  ['Bash', { command: 'touch x' }, []],
  ['Bash', { command: 'echo x > file' }, []],
  ['Bash', { command: 'echo $(touch x)' }, []],
  ['Bash', { command: 'true; touch x' }, []],
  ['Bash', { command: 'python3 -c 1; touch x' }, ['Bash(python3:*)']],
  ['Bash', { command: 'python3 -c 1 > x' }, ['Bash(python3:*)']],
  ['Bash', { command: 'python3 -c "$(touch x)"' }, ['Bash(python3:*)']],
  ['Bash', { command: 'git commits' }, ['Bash(git commit:*)']],
  ['Read', { file_path: '/etc/passwd' }, []],
  ['Write', { file_path: '/srv/STUDY_REPORT.md' }, ['Write(**/STUDY_REPORT.md)']],
  ['Write', { file_path: '/srv/other.md' }, ['Edit(**/STUDY_REPORT.md)']],
  ['Write', { file_path: '/etc/STUDY_REPORT.md' }, ['Edit(**/STUDY_REPORT.md)']],
  ['Write', { file_path: '/srv/3_results/a/x.md' }, ['Edit(**/3_results/*.md)']],
  ['Write', { file_path: '/srv/3_results/xmd' }, ['Edit(**/3_results/*.md)']],
  ['mcp__atomizer__echo', {}, ['mcp__atom']],
])('%s of %j is denied with %j', (tool, input, allowed) => {
  expect(allows(rules(allowed), CWD, tool, input)).toBe(false);
});

test('power mode needs no rule; what is disallowed is denied there too, and a whole tool is not there', () => {
  expect(allows(rules([], true), CWD, 'Bash', { command: 'touch x' })).toBe(true);
  const without = rules(['Bash'], true, ['Bash(rm:*)', 'mcp__atomizer']);
  expect(allows(without, CWD, 'Bash', { command: 'rm x' })).toBe(false);
  expect(allows(without, CWD, 'Bash', { command: 'true && rm x' })).toBe(false);
  const unread = rules(['Read'], true, ['Read(./secret/**)']);
  expect(allows(unread, CWD, 'Read', { file_path: '/srv/secret/a/key' })).toBe(false);
  expect(allows(unread, CWD, 'Read', { file_path: '/srv/other' })).toBe(true);
  expect(['Bash', 'mcp__atomizer__echo'].map((tool) => hasTool(without, tool))).toEqual([true, false]);
});
