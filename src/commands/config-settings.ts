import { resolve } from 'node:path';
import { resolveRoot } from '../sessions/directories.ts';
import { maskServerSecrets } from '../settings/server-secrets.ts';
import { SessionError } from '../errors.ts';
import type { SettingRecord } from '../model/records.ts';
import { describeNamed, describeSettings } from '../settings/describe.ts';
import { parseSettingName, setSetting, unsetSetting } from '../settings/edit.ts';
import { KEYS } from '../settings/keys.ts';
import type { KeySpec } from '../settings/kinds.ts';
import { loadSettings } from '../settings/settings.ts';
import { hidePassword } from '../settings/store-url.ts';
import type { LoadedSettings } from '../settings/settings.ts';
import type { Invocation } from './invocation.ts';

/** Prints every setting in force for a root, and where it comes from. */
export async function printSettings(invocation: Invocation, root: string | undefined): Promise<void> {
  const settings = describeSettings(await load(invocation, root)).map(withoutSecrets);
  await invocation.printer.records(settings, async ({ columns }) => {
    const { renderSettings } = await import('../output/config.ts');
    return renderSettings(settings, columns);
  });
}

/** Prints the value of one setting, nothing when it is unset. */
export async function printSetting(
  invocation: Invocation,
  root: string | undefined,
  name: string,
): Promise<void> {
  parseSettingName(name);
  const setting = withoutSecrets(describeNamed(await load(invocation, root), name));
  const { renderValue } = await import('../output/config.ts');
  await invocation.printer.record(setting, setting.value === null ? '' : `${renderValue(setting.value)}\n`);
}

/**
 * Changes a setting of the user's config.json; without words it is taken out. Says so, and what still outdoes it.
 *
 * What is no setting can only be taken out: it may be what makes the file unusable.
 */
export async function changeConfig(
  invocation: Invocation,
  root: string | undefined,
  name: string,
  words: string[] | undefined,
): Promise<void> {
  const { io, paths, printer } = invocation;
  if (words === undefined) {
    const wasThere = await unsetSetting(name, paths);
    if (!wasThere) parseSettingName(name);
    invocation.notice(wasThere ? `${name} taken out of ${paths.config}` : `${name} was not set`);
  } else {
    const { kind } = KEYS[parseSettingName(name).key];
    const text = joinWords(name, words, kind);
    await setSetting(name, text, { paths, env: io.env, isJson: kind === 'servers' });
    invocation.notice(`${name} set in ${paths.config}`);
    const { origin, source } = describeNamed(await load(invocation, root), name);
    if (origin === 'env' || origin === 'project') invocation.notice(`but ${source} outdoes it`);
  }
  await printer.record(async () => withoutSecrets(describeNamed(await load(invocation, root), name)));
}

/** What servers and databases are given may be secret, and a terminal or a log is no place for it. */
function withoutSecrets(setting: SettingRecord): SettingRecord {
  if (setting.key === 'store.url' && typeof setting.value === 'string')
    return { ...setting, value: hidePassword(setting.value) };
  if (!setting.key.startsWith('mcpServers')) return setting;
  return { ...setting, value: maskServerSecrets(setting.value) };
}

async function load({ io, paths }: Invocation, root = '.'): Promise<LoadedSettings> {
  return await loadSettings({ env: io.env, paths, root: resolveRoot(resolve(io.cwd, root)) });
}

/** Several words are a list, where the setting is one. */
function joinWords(name: string, words: string[], kind: KeySpec['kind']): string {
  const [only, ...others] = words;
  if (others.length === 0) return only!;
  if (kind === 'list' || kind === 'patterns' || kind === 'command') return JSON.stringify(words);
  throw new SessionError('USAGE', `${name} takes one value, not ${words.length}.`, {
    hint: 'Put quotes around a value with spaces.',
  });
}
