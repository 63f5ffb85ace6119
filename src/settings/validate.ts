import * as v from 'valibot';
import { SessionError } from '../errors.ts';
import { RETIRED, SETTING_KEYS, describeRetired, isSettingKey } from './keys.ts';
import type { SettingKey } from './keys.ts';
import { findNearest } from './nearest.ts';
import { buildSettingsSchema } from './schema.ts';
import { growTree } from './value.ts';

/**
 * Validates the content of a settings file and returns its settings by dotted key. Throws SETTINGS_INVALID that names
 * `source` and the wrong key.
 */
export function validateSettings(content: unknown, source: string): Map<SettingKey, unknown> {
  const outcome = v.safeParse(buildSettingsSchema(), content, { abortEarly: true });
  if (!outcome.success) throw describeIssue(outcome.issues[0], source);
  const written = new Map<SettingKey, unknown>();
  collect(outcome.output as Record<string, unknown>, '', written);
  return written;
}

/** Validates the value of one setting. Throws SETTINGS_INVALID that names `source` and the problem. */
export function validateWritten(key: SettingKey, value: unknown, source: string): void {
  validateSettings(growTree([[key, value]]), source);
}

function collect(tree: Record<string, unknown>, prefix: string, into: Map<SettingKey, unknown>): void {
  for (const [name, value] of Object.entries(tree)) {
    const key = prefix + name;
    if (isSettingKey(key)) into.set(key, value);
    else collect(value as Record<string, unknown>, `${key}.`, into);
  }
}

function describeIssue(issue: v.BaseIssue<unknown>, source: string): SessionError {
  const key = v.getDotPath(issue) ?? '';
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    if (RETIRED.includes(key))
      return new SessionError('SETTINGS_INVALID', `${source}: ${describeRetired(key)}`, {
        hint: `Remove it from the file (from your own with "session config unset ${key}").`,
      });
    const nearest = findNearest(key, SETTING_KEYS);
    return new SessionError('SETTINGS_INVALID', `${source}: there is no setting "${key}".`, {
      hint:
        nearest === undefined ? 'See "session config list" for all settings.' : `Did you mean "${nearest}"?`,
    });
  }
  if (key === '') return new SessionError('SETTINGS_INVALID', `${source}: must hold a JSON object.`);
  return new SessionError('SETTINGS_INVALID', `${source}: ${key} ${inWords(issue)}.`, {
    hint: 'See "session config schema" for what is allowed.',
  });
}

/** Our own messages continue after the key. Those of valibot name the expected and the actual type. */
function inWords(issue: v.BaseIssue<unknown>): string {
  if (/^(is|must) /.test(issue.message)) return issue.message;
  return `must be ${issue.expected ?? 'something else'}, not ${issue.received}`;
}
