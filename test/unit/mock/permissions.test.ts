import { expect, test } from 'vitest';
import { isCommandAllowed } from '../../../src/mock/permissions/bash-rules.ts';
import { Permissions } from '../../../src/mock/permissions/permissions.ts';

const CWD = '/srv/project';

interface Rules {
  permissionMode?: string;
  allowedTools?: string[];
  disallowedTools?: string[];
}

function permissions({
  permissionMode = 'default',
  allowedTools = [],
  disallowedTools = [],
}: Rules): Permissions {
  return new Permissions({ permissionMode, allowedTools, disallowedTools, cwd: CWD });
}

test.each([
  ['python3 x.py', true],
  ['python3', true],
  ['python3 -c "print(1); print(2)"', true],
  ["python3 -c 'print(`x`)'", true],
  ['python3 x.py 2>&1', true],
  ['python3 x.py 2>/dev/null | head -3', true],
  ['ls && python3 x.py', true],
  ['python3.12 x.py', false],
  ['python x.py', false],
  ['python3 x.py; touch y', false],
  ['python3 x.py && touch y', false],
  ['python3 x.py | tee y', false],
  ['python3 x.py & touch y', false],
  ['python3 x.py\ntouch y', false],
  ['python3 x.py > y', false],
  ['python3 $(touch y)', false],
  ['python3 `touch y`', false],
  ['python3 "$(touch y)"', false],
  ['find . -delete', false],
])('Bash(python3:*) and %j: %j', (command, isAllowed) => {
  expect(isCommandAllowed(command, ['python3:*'])).toBe(isAllowed);
});

test.each([
  ['git status', 'git status', true],
  ['git status', 'git status -s', false],
  ['*', 'rm -r x', true],
  ['rm:*', 'rmdir x', false],
])('Bash(%s) and %j: %j', (rule, command, isAllowed) => {
  expect(isCommandAllowed(command, [rule])).toBe(isAllowed);
});

test.each([
  [['mcp__atomizer'], 'mcp__atomizer__echo', true],
  [['mcp__atomizer__*'], 'mcp__atomizer__echo', true],
  [['mcp__atomizer__echo'], 'mcp__atomizer__echo', true],
  [['mcp__atomizer__fail'], 'mcp__atomizer__echo', false],
  [['mcp__atom'], 'mcp__atomizer__echo', false],
  [['mcp'], 'mcp__atomizer__echo', false],
  [[], 'mcp__atomizer__echo', false],
  [['WebFetch'], 'WebFetch', true],
  [['Bash'], 'WebFetch', false],
])('%j allows %s: %j', (allowedTools, tool, isAllowed) => {
  expect(permissions({ allowedTools }).denial(tool, {}) === undefined).toBe(isAllowed);
});

test.each([
  ['Edit(**/STUDY_REPORT.md)', 'Write', '/srv/project/a/b/STUDY_REPORT.md', true],
  ['Edit(**/STUDY_REPORT.md)', 'Edit', 'STUDY_REPORT.md', true],
  ['Edit(**/STUDY_REPORT.md)', 'Write', 'a/OTHER_STUDY_REPORT.md', false],
  ['Edit(**/STUDY_REPORT.md)', 'Write', '/elsewhere/STUDY_REPORT.md', false],
  ['Edit(**/3_results/*.md)', 'Write', 'a/3_results/x.md', true],
  ['Edit(**/3_results/*.md)', 'Write', 'a/3_results/deep/x.md', false],
  ['Edit(notes.md)', 'Write', 'deep/notes.md', true],
  ['Edit(//elsewhere/**)', 'Write', '/elsewhere/deep/x', true],
  ['Edit(**/*.md)', 'Write', '../escaped.md', false],
  ['Write(**/STUDY_REPORT.md)', 'Write', 'a/STUDY_REPORT.md', false],
  ['Write', 'Write', 'a/x', true],
  ['Write', 'Write', '/elsewhere/x', false],
  ['Write', 'Edit', 'a/x', false],
  ['Read', 'Read', '/elsewhere/x', true],
  ['Bash', 'Read', 'a/x', true],
  ['Bash', 'Read', '/srv/project/..b', true],
  ['Bash', 'Read', '/srv/projection/x', false],
])('%s and %s of %s: %j', (rule, tool, file, isAllowed) => {
  const denial = permissions({ allowedTools: [rule] }).denial(tool, { file_path: file });
  expect(denial === undefined).toBe(isAllowed);
});

test.each([
  ['mcp__a__b', {}, "Claude requested permissions to use mcp__a__b, but you haven't granted it yet."],
  ['Bash', { command: 'python3 x' }, 'This command requires approval'],
  [
    'Bash',
    { command: 'touch made' },
    "touch in '/srv/project/made' was blocked. For security, Claude Code may only create or modify files in the allowed working directories for this session: '/srv/project'.",
  ],
  [
    'Write',
    { file_path: 'x' },
    "Claude requested permissions to write to /srv/project/x, but you haven't granted it yet.",
  ],
  [
    'Read',
    { file_path: '/etc/x' },
    "Claude requested permissions to read from /etc/x, but you haven't granted it yet.",
  ],
])('%s is denied in claude’s words', (tool, input, words) => {
  expect(permissions({}).denial(tool, input)).toBe(words);
});

test('power mode allows all, and a disallowed tool is gone even then', () => {
  const power = permissions({ permissionMode: 'bypassPermissions', disallowedTools: ['Bash', 'mcp__a'] });
  expect(power.denial('Write', { file_path: '/etc/x' })).toBeUndefined();
  expect(power.has('Bash')).toBe(false);
  expect(power.has('mcp__a__b')).toBe(false);
  expect(power.has('Write')).toBe(true);
});

test('a disallowed command is denied in every mode', () => {
  const power = permissions({ permissionMode: 'bypassPermissions', disallowedTools: ['Bash(touch:*)'] });
  expect(power.denial('Bash', { command: 'touch x' })).toBe(
    'Permission to use Bash with command touch x has been denied.',
  );
  expect(power.denial('Bash', { command: 'ls && touch x' })).toMatch(/has been denied/);
  expect(power.denial('Bash', { command: 'ls' })).toBeUndefined();
});
