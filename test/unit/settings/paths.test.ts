import { userInfo } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildPaths, projectFile, resolveHome, resolveUserPath } from '../../../src/settings/paths.ts';

describe('resolveHome', () => {
  it.each([
    ['linux', { HOME: '/home/u' }, '/home/u/.config/claude-session'],
    ['linux', { HOME: '/home/u', XDG_CONFIG_HOME: '/etc/u' }, '/etc/u/claude-session'],
    ['linux', { HOME: '/home/u', XDG_CONFIG_HOME: 'relative' }, '/home/u/.config/claude-session'],
    ['linux', { HOME: '/home/u', XDG_CONFIG_HOME: '' }, '/home/u/.config/claude-session'],
    ['linux', { HOME: '/home/u', CLAUDE_SESSION_HOME: '/srv/s' }, '/srv/s'],
    ['linux', { HOME: '/home/u', CLAUDE_SESSION_HOME: '' }, '/home/u/.config/claude-session'],
    ['darwin', { HOME: '/Users/u' }, '/Users/u/Library/Preferences/claude-session'],
  ] as const)('on %s with %j', (platform, env, expected) =>
    expect(resolveHome(env, platform)).toBe(expected),
  );

  it.each([[{ HOME: '' }], [{ HOME: '.' }], [{ HOME: 'here', USERPROFILE: '' }], [{}]])(
    'takes the home that the system knows, not the current directory: %j',
    (env) => {
      expect(resolveHome(env, 'linux')).toBe(path.join(userInfo().homedir, '.config', 'claude-session'));
      expect(resolveUserPath('~/a', '/base', env)).toBe(path.join(userInfo().homedir, 'a'));
    },
  );

  it('makes a relative home absolute, so that a later change of directory does not move it', () => {
    expect(resolveHome({ CLAUDE_SESSION_HOME: 'here' })).toBe(path.resolve('here'));
  });
});

it('keeps everything below the home', () => {
  const paths = buildPaths({ CLAUDE_SESSION_HOME: '/h' });
  expect(paths.turnLog('0badcafe', 7)).toBe('/h/run/0badcafe/7.ndjson');
  expect(paths.agentStderr('0badcafe', 7)).toBe('/h/run/0badcafe/7.stderr');
  expect(paths.mcpConfig('0badcafe')).toBe('/h/run/0badcafe/mcp.json');
  for (const place of [paths.config, paths.store, paths.run, paths.mock, paths.cache])
    expect(path.dirname(place)).toBe('/h');
});

it('resolves what users write', () => {
  expect(resolveUserPath('~/a', '/base', { HOME: '/home/u' })).toBe('/home/u/a');
  expect(resolveUserPath('a/b', '/base', {})).toBe('/base/a/b');
  expect(resolveUserPath('/a', '/base', {})).toBe('/a');
  expect(projectFile('/repo')).toBe('/repo/.session.json');
});
