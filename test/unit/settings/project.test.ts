import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEYS, SETTING_KEYS } from '../../../src/settings/keys.ts';
import { arrange } from './support.ts';

describe('a project file may not', () => {
  it.each([
    [{ mode: 'power' }, 'mode'],
    [{ allowPower: true }, 'allowPower'],
    [{ agent: 'mock' }, 'agent'],
    [{ agents: { claude: { command: './evil' } } }, 'agents.claude.command'],
    [{ mcpServers: { x: { command: './evil' } } }, 'mcpServers'],
    [{ mcp: { projectFile: true } }, 'mcp.projectFile'],
    [{ mcp: { require: false } }, 'mcp.require'],
    [{ permissions: { user: { allow: ['Bash'] } } }, 'permissions.user.allow'],
    [{ systemPrompt: { replace: true } }, 'systemPrompt.replace'],
    [{ systemPrompt: { file: '/etc/passwd' } }, 'systemPrompt.file'],
    [{ systemPrompt: { file: '../secret' } }, 'systemPrompt.file'],
    [{ systemPrompt: { file: '~/.ssh/id_rsa' } }, 'systemPrompt.file'],
    [{ redact: { enabled: false } }, 'redact.enabled'],
    [{ redact: { patterns: [] } }, 'redact.patterns'],
    [{ retention: { maxAge: '0s' } }, 'retention.maxAge'],
    [{ warm: true }, 'warm'],
    [{ idle: '4w' }, 'idle'],
  ])('say %j', async (project, key) => {
    const place = arrange({ project });
    const error: unknown = await place.load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID' });
    expect((error as Error).message).toMatch(/ (may not|may only|must name) /);
    expect((error as Error).message).toContain(`: ${key} m`);
    expect((error as Error).message).toContain(place.projectFile);
  });

  it('reach out through a link', async () => {
    const place = arrange({ project: { systemPrompt: { file: 'docs/prompt.md' } } });
    symlinkSync(place.paths.home, path.join(place.root, 'docs'));
    await expect(place.load()).rejects.toMatchObject({
      message: expect.stringContaining('systemPrompt.file') as string,
    });
  });
});

describe('a project file may', () => {
  it.each([
    [{ mode: 'user' }],
    [{ allowPower: false }],
    [{ model: 'opus', timeout: '5m', wait: '1m', replay: { messages: 4 } }],
    [{ mcp: { require: true, projectFile: false, builtin: false } }],
    [{ redact: { enabled: true, stream: true } }],
    [{ warm: false }],
    [{ systemPrompt: { text: 'x' } }],
  ])('say %j', async (project) => {
    await expect(arrange({ project }).load()).resolves.toBeDefined();
  });

  it('name a prompt file of its own', async () => {
    const place = arrange({ project: { systemPrompt: { file: 'docs/prompt.md' } } });
    mkdirSync(path.join(place.root, 'docs'));
    writeFileSync(path.join(place.root, 'docs', 'prompt.md'), 'hello');
    expect((await place.load()).value.systemPrompt.file).toBe(path.join(place.root, 'docs', 'prompt.md'));
  });

  it('lower a limit but not raise it', async () => {
    const user = { maxBudgetUsd: 1, maxTurns: 10 };
    const { value, origin } = await arrange({
      user,
      project: { maxBudgetUsd: 50, maxTurns: 3, budgetUsd: 9 },
    }).load();
    expect(value).toMatchObject({ maxBudgetUsd: 1, maxTurns: 3, budgetUsd: 9 });
    expect(origin('maxBudgetUsd').layer).toBe('user');
    expect(origin('maxTurns').layer).toBe('project');
  });

  it('deny tools but not take a denial back', async () => {
    const place = arrange({
      user: { permissions: { user: { deny: ['Bash(curl:*)'] } } },
      project: { permissions: { user: { deny: ['WebFetch'] }, power: { deny: [] } } },
    });
    const { permissions } = (await place.load()).value;
    expect(permissions.user.deny).toEqual(['WebFetch', 'Bash(curl:*)']);
    expect(permissions.power.deny).toEqual([]);
  });
});

it('is not read where no root is asked for', async () => {
  const place = arrange({ project: { mode: 'power' } });
  expect((await place.load({ root: undefined })).value.mode).toBe('user');
});

it('decides for every setting what a project may do', () => {
  const rules = SETTING_KEYS.map((key) => `${key}: ${JSON.stringify(KEYS[key].project)}`);
  expect(rules.join('\n')).toMatchSnapshot();
});
