import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { KEYS } from '../../../src/settings/keys.ts';
import type { KeySpec } from '../../../src/settings/kinds.ts';
import { arrange } from './support.ts';

describe.each([true, false])('a project file may not (trusted: %s)', (isTrusted) => {
  it.each([
    [{ mode: 'power' }, 'mode'],
    [{ allowPower: true }, 'allowPower'],
    [{ agent: 'mock' }, 'agent'],
    [{ agents: { claude: { command: '/x/evil' } } }, 'agents.claude.command'],
    [{ mcpServers: { x: { command: './evil' } } }, 'mcpServers'],
    [{ trustedRoots: ['/'] }, 'trustedRoots'],
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
    const place = arrange({ project, isTrusted });
    const error: unknown = await place.load().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID' });
    expect((error as Error).message).toMatch(/ (may not|may only|must name) /);
    expect((error as Error).message).toContain(`: ${key} m`);
    expect((error as Error).message).toContain(place.projectFile);
  });

  it('reach out through a link', async () => {
    const place = arrange({ project: { systemPrompt: { file: 'docs/prompt.md' } }, isTrusted });
    symlinkSync(place.paths.home, path.join(place.root, 'docs'));
    await expect(place.load()).rejects.toMatchObject({
      message: expect.stringContaining('systemPrompt.file') as string,
    });
  });
});

describe.each([true, false])('a project file may (trusted: %s)', (isTrusted) => {
  it.each([
    [{ mode: 'user' }],
    [{ allowPower: false }],
    [{ model: 'opus', timeout: '5m', wait: '1m', replay: { messages: 4 } }],
    [{ mcp: { require: true, builtin: false } }],
    [{ redact: { enabled: true, stream: true } }],
    [{ warm: false }],
    [{ systemPrompt: { text: 'x' } }],
  ])('say %j', async (project) => {
    await expect(arrange({ project, isTrusted }).load()).resolves.toBeDefined();
  });

  it('lower a limit but not raise it', async () => {
    const user = { maxBudgetUsd: 1, maxTurns: 10 };
    const { value, origin } = await arrange({
      user,
      project: { maxBudgetUsd: 50, maxTurns: 3, budgetUsd: 9 },
      isTrusted,
    }).load();
    expect(value).toMatchObject({ maxBudgetUsd: 1, maxTurns: 3, budgetUsd: 9 });
    expect(origin('maxBudgetUsd').layer).toBe('user');
    expect(origin('maxTurns').layer).toBe('project');
  });

  it('deny tools but not take a denial back', async () => {
    const place = arrange({
      user: { permissions: { user: { deny: ['Bash(curl:*)'] } } },
      project: { permissions: { user: { deny: ['WebFetch'] }, power: { deny: [] } } },
      isTrusted,
    });
    const { permissions } = (await place.load()).value;
    expect(permissions.user.deny).toEqual(['WebFetch', 'Bash(curl:*)']);
    expect(permissions.power.deny).toEqual([]);
  });
});

const WISHES = {
  model: 'opus',
  timeout: '20m',
  wait: '20m',
  stallTimeout: '20m',
  maxRetries: 20,
  replay: { messages: 20, maxChars: 200_000 },
  mcp: { connectTimeout: '2m', builtin: true },
  systemPrompt: { text: 'theirs', file: 'docs/prompt.md' },
};

describe('in a trusted root', () => {
  it('the file chooses, before the user', async () => {
    const user = { timeout: '1s', model: 'mine', maxRetries: 0, systemPrompt: { text: 'mine' } };
    const place = arrange({ user, project: WISHES, isTrusted: true });
    const { value } = await place.load();
    expect(value).toMatchObject({
      model: 'opus',
      timeout: 1_200_000,
      stallTimeout: 1_200_000,
      maxRetries: 20,
      replay: WISHES.replay,
      systemPrompt: { text: 'theirs', file: path.join(place.root, 'docs', 'prompt.md') },
    });
    expect(value.project).toEqual({ isTrusted: true, refusal: null, prompt: {}, leftOut: [] });
  });
});

describe('in a root that is not trusted', () => {
  it('the file raises no limit and replaces nothing of the user', async () => {
    const user = {
      timeout: '1s',
      stallTimeout: '15m',
      maxRetries: 0,
      model: 'mine',
      systemPrompt: { text: 'mine' },
      mcp: { builtin: false },
    };
    const place = arrange({ user, project: WISHES });
    const { value, origin } = await place.load();
    expect(value).toMatchObject({
      model: 'mine',
      timeout: 1000,
      wait: 600_000,
      stallTimeout: 900_000,
      maxRetries: 0,
      replay: { messages: 10, maxChars: 100_000 },
      mcp: { connectTimeout: 20_000, builtin: false },
      systemPrompt: { text: 'mine' },
    });
    expect(value.systemPrompt.file).toBeUndefined();
    expect(value.project.prompt).toEqual({
      text: 'theirs',
      file: path.join(place.root, 'docs', 'prompt.md'),
    });
    expect(value.project.leftOut.toSorted()).toEqual(
      [
        'maxRetries',
        'mcp.builtin',
        'mcp.connectTimeout',
        'model',
        'replay.maxChars',
        'replay.messages',
        'stallTimeout',
        'systemPrompt.file',
        'systemPrompt.text',
        'timeout',
        'wait',
      ].toSorted(),
    );
    expect(origin('model').layer).toBe('user');
  });

  it('the file may tighten, below what the user chose and what holds when nobody did', async () => {
    const project = {
      timeout: '30s',
      stallTimeout: '12m',
      maxRetries: 3,
      replay: { messages: 1 },
      mcp: { builtin: false },
    };
    const { value } = await arrange({ user: { stallTimeout: '30m' }, project }).load();
    expect(value).toMatchObject({
      timeout: 30_000,
      stallTimeout: 720_000,
      maxRetries: 3,
      replay: { messages: 1 },
      mcp: { builtin: false },
    });
    expect(value.project.leftOut).toEqual([]);
  });

  it('the file does not raise what nobody chose', async () => {
    expect((await arrange({ project: { maxRetries: 11 } }).load()).value.maxRetries).toBeUndefined();
    expect((await arrange({ project: { maxRetries: 10 } }).load()).value.maxRetries).toBe(10);
  });
});

it('is not read where no root is asked for', async () => {
  const place = arrange({ project: { mode: 'power' } });
  expect((await place.load({ root: undefined })).value.mode).toBe('user');
});

it('decides for every setting what the file of a trusted and of an untrusted root may do', () => {
  const rules = Object.entries<KeySpec>(KEYS).map(([key, { project, untrusted = project }]) =>
    [key, JSON.stringify(project), JSON.stringify(untrusted)].join(' '),
  );
  expect(rules.join('\n')).toMatchSnapshot();
});
