import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSettings } from '../../../src/settings/describe.ts';
import { setSetting, unsetSetting } from '../../../src/settings/edit.ts';
import { buildSettingsJsonSchema } from '../../../src/settings/json-schema.ts';
import { KEYS } from '../../../src/settings/keys.ts';
import { arrange } from './support.ts';

const stored = (place: ReturnType<typeof arrange>): unknown =>
  JSON.parse(readFileSync(place.paths.config, 'utf8'));

describe('set', () => {
  it('reads words by the kind of the setting', async () => {
    const place = arrange();
    await setSetting('timeout', '5m', place);
    await setSetting('replay.messages', '4', place);
    await setSetting('allowPower', 'false', place);
    await setSetting('permissions.user.allow', 'Read, Bash(a, b:*),Edit(x)', place);
    await setSetting('agents.claude.command', '/opt/claude', place);
    expect(stored(place)).toEqual({
      timeout: '5m',
      replay: { messages: 4 },
      allowPower: false,
      permissions: { user: { allow: ['Read', 'Bash(a, b:*)', 'Edit(x)'] } },
      agents: { claude: { command: '/opt/claude' } },
    });
    expect((await place.load()).value.timeout).toBe(300_000);
  });

  it('takes JSON, and one server by name, even with dots', async () => {
    const place = { ...arrange(), isJson: true };
    await setSetting('mcpServers.my server.v2', '{"command":"node"}', place);
    await setSetting('mcpServers.a[0]', '{"command":"x"}', place);
    expect(stored(place)).toEqual({
      mcpServers: { 'my server.v2': { command: 'node' }, 'a[0]': { command: 'x' } },
    });
    expect(await unsetSetting('mcpServers.my server.v2', place.paths)).toBe(true);
    expect(stored(place)).toEqual({ mcpServers: { 'a[0]': { command: 'x' } } });
  });

  it('creates a private directory and a private file', async () => {
    const place = arrange();
    rmSync(place.paths.home, { recursive: true });
    await setSetting('model', 'opus', place);
    expect(statSync(place.paths.home).mode & 0o777).toBe(0o700);
    expect(statSync(place.paths.config).mode & 0o777).toBe(0o600);
  });

  it.each([
    ['modle', 'x', false, 'USAGE', /"modle"/],
    ['replay', '{}', true, 'USAGE', /"replay"/],
    ['__proto__.x', 'x', false, 'USAGE', /no setting/],
    ['timeout', '600', false, 'SETTINGS_INVALID', /timeout: "600"/],
    ['timeout', '600', true, 'SETTINGS_INVALID', /timeout/],
    ['timeout', '{', true, 'USAGE', /not valid JSON/],
    ['mcpServers', 'x', false, 'SETTINGS_INVALID', /give JSON/],
    ['mcpServers.a', '{"command":5}', true, 'SETTINGS_INVALID', /mcpServers\.a/],
    ['redact.patterns', '(', false, 'SETTINGS_INVALID', /regular expression/],
    ['model', '', false, 'SETTINGS_INVALID', /model must not be empty/],
  ])('%s=%s (JSON: %s) is refused and nothing is written', async (name, words, isJson, code, message) => {
    const place = arrange({ user: '{"wait":"1m"}' });
    await expect(setSetting(name, words, { ...place, isJson })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(readFileSync(place.paths.config, 'utf8')).toBe('{"wait":"1m"}');
  });

  it('does not overwrite a file that it cannot read', async () => {
    const place = arrange({ user: '{"wait": oops' });
    await expect(setSetting('model', 'x', place)).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
    expect(readFileSync(place.paths.config, 'utf8')).toBe('{"wait": oops');
  });
});

describe('unset', () => {
  it('says whether there was something', async () => {
    const place = arrange({ user: { wait: '1m', replay: { messages: 3 } } });
    expect(await unsetSetting('replay.messages', place.paths)).toBe(true);
    expect(await unsetSetting('replay.messages', place.paths)).toBe(false);
    expect((await place.load()).value.replay.messages).toBe(10);
  });

  it('takes out even what is no setting, which else could not be mended', async () => {
    const place = arrange({ user: { modle: 'x' } });
    expect(await unsetSetting('modle', place.paths)).toBe(true);
    await expect(place.load()).resolves.toBeDefined();
  });

  it('creates nothing', async () => {
    const place = arrange();
    rmSync(place.paths.home, { recursive: true });
    expect(await unsetSetting('wait', place.paths)).toBe(false);
    expect(() => statSync(place.paths.home)).toThrow('ENOENT');
  });
});

it('tells a home that is not a directory by name', async () => {
  const place = arrange();
  rmSync(place.paths.home, { recursive: true });
  writeFileSync(place.paths.home, 'a file where the directory should be');
  await expect(setSetting('model', 'x', place)).rejects.toMatchObject({
    code: 'SETTINGS_INVALID',
    message: expect.stringContaining(place.paths.home) as string,
  });
});

it('describes every setting with where it comes from', async () => {
  const place = arrange({ user: { wait: '1m' } });
  const rows = describeSettings(await place.load());
  expect(rows.map(({ key }) => key)).toEqual(Object.keys(KEYS));
  expect(rows.find(({ key }) => key === 'wait')).toMatchObject({
    value: '1m',
    origin: 'user',
    source: place.paths.config,
  });
  expect(rows.find(({ key }) => key === 'model')).toMatchObject({
    value: null,
    origin: 'default',
    variable: 'CLAUDE_SESSION_MODEL',
  });
});

it('has a JSON Schema with every setting and its meaning', () => {
  const schema = buildSettingsJsonSchema() as { properties: Record<string, unknown> };
  expect(schema).toMatchObject({ additionalProperties: false, type: 'object' });
  expect(JSON.stringify(schema).match(/"description"/g)?.length).toBeGreaterThanOrEqual(
    Object.keys(KEYS).length,
  );
  expect(schema.properties['mcpServers']).toMatchSnapshot();
});
