import { SessionError } from '../errors.ts';
import { changeSetting, listSettings, readSetting, removeSetting } from '../library/settings.ts';
import { parseSettingName } from '../settings/edit.ts';
import { KEYS } from '../settings/keys.ts';
import type { Invocation } from './invocation.ts';

/** Prints all effective settings of a root, with the source of each. */
export async function printSettings(invocation: Invocation, root: string | undefined): Promise<void> {
  const settings = await listSettings(invocation, { root });
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
  const setting = await readSetting(invocation, name, { root });
  const { renderValue } = await import('../output/config.ts');
  await invocation.printer.record(setting, setting.value === null ? '' : `${renderValue(setting.value)}\n`);
}

/** Changes a setting of the user's config.json. Without words it is removed. */
export async function changeConfig(
  invocation: Invocation,
  root: string | undefined,
  name: string,
  words: string[] | undefined,
): Promise<void> {
  if (words === undefined) await removeSetting(invocation, name);
  else await changeSetting(invocation, name, joinWords(name, words), { root });
  await invocation.printer.record(async () => await readSetting(invocation, name, { root }));
}

/** Several words are a list if the setting is a list. */
function joinWords(name: string, words: string[]): string | string[] {
  const [only, ...others] = words;
  if (others.length === 0) return only!;
  const { kind } = KEYS[parseSettingName(name).key];
  if (kind === 'list' || kind === 'patterns' || kind === 'command') return words;
  throw new SessionError('USAGE', `${name} takes one value, not ${words.length}.`, {
    hint: 'Put quotes around a value with spaces.',
  });
}
