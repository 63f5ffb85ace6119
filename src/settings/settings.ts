import path from 'node:path';
import { readSettingsFile } from './file.ts';
import { readWords, variableName } from './environment.ts';
import { KEYS, SETTING_KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import type { KeySpec } from './kinds.ts';
import { projectFile, resolveUserPath } from './paths.ts';
import type { Environment, Paths } from './paths.ts';
import { growTree, readSetting } from './value.ts';
import type { FlatSettings, Settings } from './value.ts';

/** Where a setting's value comes from. */
export interface Origin {
  layer: 'flag' | 'env' | 'project' | 'user' | 'default';
  /** The variable or file, where there is one. */
  source: string | null;
}

interface Layer extends Origin {
  written: ReadonlyMap<SettingKey, unknown>;
}

export interface LoadedSettings {
  value: Settings;
  origin(key: SettingKey): Origin;
  /** The value as a user would write it; undefined when unset. */
  written(key: SettingKey): unknown;
}

export interface SettingsSources {
  env: Environment;
  paths: Paths;
  /** The directory whose `.session.json` counts. */
  root?: string | undefined;
  /** What flags say, by dotted key, already read. */
  overrides?: { [K in SettingKey]?: FlatSettings[K] | undefined } | undefined;
}

/**
 * The settings in force: flag over environment over project file over user file over default. Throws SETTINGS_INVALID.
 *
 * Where a project file may only `lower` or `add`, it never outdoes the user's own files; denied tools add up over all layers.
 */
export async function loadSettings(sources: SettingsSources): Promise<LoadedSettings> {
  const layers = [
    flagLayer(sources),
    environmentLayer(sources.env),
    ...(await fileLayers(sources)),
    defaultLayer(),
  ];
  const chosen = new Map(SETTING_KEYS.map((key) => [key, choose(key, layers)]));
  const flat = SETTING_KEYS.map((key) => [key, readSetting(KEYS[key], chosen.get(key)?.written)] as const);
  return {
    value: growTree(flat) as unknown as Settings,
    origin: (key) => chosen.get(key)!.origin,
    written: (key) => chosen.get(key)!.written,
  };
}

function choose(key: SettingKey, layers: readonly Layer[]): { written: unknown; origin: Origin } {
  const spec: KeySpec = KEYS[key];
  const saying = layers.filter((layer) => layer.written.has(key));
  const of = (layer: Layer | undefined) => ({
    written: layer?.written.get(key),
    origin: {
      layer: layer?.layer ?? 'default',
      source: (layer?.layer === 'env' ? variableName(spec) : layer?.source) ?? null,
    },
  });
  if (spec.project === 'add') {
    const all = saying.flatMap((layer) => layer.written.get(key) as string[]);
    return { ...of(saying[0]), written: [...new Set(all)] };
  }
  if (spec.project === 'lower' && saying[0]?.layer === 'project') {
    const lowest = saying.reduce((a, b) => (Number(b.written.get(key)) < Number(a.written.get(key)) ? b : a));
    return of(lowest);
  }
  return of(saying[0]);
}

function flagLayer({ overrides = {} }: SettingsSources): Layer {
  const given = Object.entries(overrides).filter(([, value]) => value !== undefined);
  return { layer: 'flag', source: null, written: new Map(given as [SettingKey, unknown][]) };
}

function environmentLayer(env: Environment): Layer {
  const written = new Map<SettingKey, unknown>();
  for (const key of SETTING_KEYS) {
    const name = variableName(KEYS[key]);
    const words = name === undefined ? undefined : env[name];
    if (name !== undefined && words) written.set(key, readWords(KEYS[key], words, name, env));
  }
  return { layer: 'env', source: null, written };
}

/** The files that exist; the validator is loaded only for them. */
async function fileLayers({ env, paths, root }: SettingsSources): Promise<Layer[]> {
  const files = [{ layer: 'user', source: paths.config } as const];
  const candidates =
    root === undefined ? files : [{ layer: 'project', source: projectFile(root) } as const, ...files];
  const layers: Layer[] = [];
  for (const { layer, source } of candidates) {
    const content = readSettingsFile(source);
    if (content === undefined) continue;
    const { validateSettings } = await import('./validate.ts');
    const written = validateSettings(content, source);
    for (const [key, value] of written)
      if (KEYS[key].kind === 'path')
        written.set(key, resolveUserPath(value as string, path.dirname(source), env));
    if (layer === 'project') (await import('./project.ts')).checkProjectSettings(written, source);
    layers.push({ layer, source, written });
  }
  return layers;
}

function defaultLayer(): Layer {
  const written = new Map<SettingKey, unknown>();
  for (const [key, spec] of Object.entries<KeySpec>(KEYS))
    if (spec.default !== undefined) written.set(key as SettingKey, spec.default);
  return { layer: 'default', source: null, written };
}
