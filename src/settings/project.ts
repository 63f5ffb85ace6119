import { realpathSync } from 'node:fs';
import path from 'node:path';
import { SessionError } from '../errors.ts';
import { KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import type { KeySpec } from './kinds.ts';
import { chooseValue } from './layers.ts';
import type { Layer } from './layers.ts';
import type { Trust } from './trust.ts';
import { readSetting } from './value.ts';

/** What the checkout may do, and which of its settings are ignored or are only data. */
export interface Project extends Trust {
  /** Its system prompt, where it is only data. */
  prompt: { text?: string; file?: string };
  /** The settings in its file that only a trusted root may set. */
  leftOut: readonly SettingKey[];
}

/**
 * Selects the settings of a project file that apply. Throws SETTINGS_INVALID when it sets what no checkout may set,
 * trusted or not: a setting that names a program, widens permissions, or names a file outside the root.
 */
export function restrictProject(
  file: Layer,
  isTrusted: boolean,
  own: readonly Layer[],
): Pick<Project, 'prompt' | 'leftOut'> & { layer: Layer } {
  checkProjectSettings(file);
  const written = new Map(file.written);
  const prompt: Record<string, unknown> = {};
  const leftOut: SettingKey[] = [];
  for (const [key, value] of file.written) {
    const { project, untrusted }: KeySpec = KEYS[key];
    const rule = isTrusted ? project : (untrusted ?? project);
    const counts =
      rule === 'lower'
        ? isLower(key, value, own)
        : typeof rule === 'object'
          ? value === rule.only
          : rule !== 'nothing' && rule !== 'data';
    if (counts) continue;
    written.delete(key);
    if (rule === 'data') prompt[key.slice('systemPrompt.'.length)] = value;
    if (rule !== project) leftOut.push(key);
  }
  return { layer: { ...file, written }, prompt, leftOut };
}

/** Whether the value is not higher than the value without the project. */
function isLower(key: SettingKey, value: unknown, own: readonly Layer[]): boolean {
  const spec: KeySpec = KEYS[key];
  const limit =
    readSetting(spec, chooseValue(key, own).written) ?? ('whenUnset' in spec ? spec.whenUnset : undefined);
  return limit === undefined || Number(readSetting(spec, value)) <= Number(limit);
}

function checkProjectSettings({ source, written }: Layer): void {
  const file = source!;
  for (const [key, value] of written) {
    const { project: rule }: KeySpec = KEYS[key];
    if (rule === 'never') throw forbidden(file, `${key} may not be set in a project file`);
    if (typeof rule === 'object' && value !== rule.only)
      throw forbidden(file, `${key} may only be ${JSON.stringify(rule.only)} in a project file`);
    if (rule === 'inside' && !isInside(path.dirname(file), value as string))
      throw forbidden(file, `${key} must name a file inside the project`);
  }
}
function forbidden(file: string, what: string): SessionError {
  return new SessionError('SETTINGS_INVALID', `${file}: ${what}.`, {
    hint: 'It comes with the checkout, which may be hostile. Use "session config set" for your own settings.',
  });
}

/** Whether the file is below the root after links are resolved. A file that does not exist is judged by its name. */
function isInside(root: string, file: string): boolean {
  const relative = path.relative(followLinks(root), followLinks(file));
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

function followLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.dirname(file) === file
      ? file
      : path.join(followLinks(path.dirname(file)), path.basename(file));
  }
}
