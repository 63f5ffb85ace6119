import path from 'node:path';
import { readSettingsFile } from './file.ts';
import { readWords, variableName } from './environment.ts';
import { KEYS, SETTING_KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import type { KeySpec } from './kinds.ts';
import { resolveUserPath } from './paths.ts';
import type { Environment } from './paths.ts';

/** Where a setting's value comes from. */
export interface Origin {
  layer: 'env' | 'project' | 'user' | 'default';
  /** The variable or file, where there is one. */
  source: string | null;
}

/** The settings of one source, as they were written. */
export interface Layer extends Origin {
  written: ReadonlyMap<SettingKey, unknown>;
}

/**
 * Returns the value of the first layer that has one. For lists that every layer adds to, returns the union of all
 * layers.
 */
export function chooseValue(key: SettingKey, layers: readonly Layer[]): { written: unknown; origin: Origin } {
  const spec: KeySpec = KEYS[key];
  const saying = layers.filter((layer) => layer.written.has(key));
  const [first] = saying;
  const source = first?.layer === 'env' ? variableName(spec) : first?.source;
  const origin = { layer: first?.layer ?? 'default', source: source ?? null } as const;
  if (spec.project !== 'add' && spec.kind !== 'directories')
    return { written: first?.written.get(key), origin };
  const all = saying.flatMap((layer) => layer.written.get(key) as string[]);
  return { written: [...new Set(all)], origin };
}

export function environmentLayer(env: Environment): Layer {
  const written = new Map<SettingKey, unknown>();
  for (const key of SETTING_KEYS) {
    const name = variableName(KEYS[key]);
    const words = name === undefined ? undefined : env[name];
    if (name !== undefined && words) written.set(key, readWords(KEYS[key], words, name, env));
  }
  return { layer: 'env', source: null, written };
}

/**
 * Reads a settings file. Returns undefined when there is none; then the validator is not loaded. Throws
 * SETTINGS_INVALID.
 */
export async function fileLayer(
  layer: 'project' | 'user',
  source: string,
  env: Environment,
): Promise<Layer | undefined> {
  const content = readSettingsFile(source, { isOwn: layer === 'user' });
  if (content === undefined) return undefined;
  const { validateSettings } = await import('./validate.ts');
  const written = validateSettings(content, source);
  for (const [key, value] of written)
    if (KEYS[key].kind === 'path')
      written.set(key, resolveUserPath(value as string, path.dirname(source), env));
  return { layer, source, written };
}

export function defaultLayer(): Layer {
  const written = new Map<SettingKey, unknown>();
  for (const [key, spec] of Object.entries<KeySpec>(KEYS))
    if (spec.default !== undefined) written.set(key as SettingKey, spec.default);
  return { layer: 'default', source: null, written };
}
