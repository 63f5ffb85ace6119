import { KEYS, SETTING_KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import { chooseValue, defaultLayer, environmentLayer, fileLayer } from './layers.ts';
import type { Layer, Origin } from './layers.ts';
import { requireOwn } from './own-files.ts';
import { projectFile } from './paths.ts';
import type { Environment, Paths } from './paths.ts';
import type { Project } from './project.ts';
import { UNTRUSTED, judgeRoot } from './trust.ts';
import { growTree, readSetting } from './value.ts';
import type { Settings } from './value.ts';

export interface LoadedSettings {
  value: Settings;
  origin(key: SettingKey): Origin;
  /** The value as a user would write it; undefined when unset. */
  written(key: SettingKey): unknown;
}

export interface SettingsSources {
  env: Environment;
  paths: Paths;
  /** The directory whose `.session.json` is read, as `resolveRoot` returns it. */
  root?: string | undefined;
}

/**
 * Loads the settings that apply: environment over project file over user file over default. Throws SETTINGS_INVALID.
 *
 * A project file sets only what the trust in its root allows (see kinds.ts). Denied tools are the union of all layers.
 */
export async function loadSettings({ env, paths, root }: SettingsSources): Promise<LoadedSettings> {
  requireOwn(paths.home, paths.home);
  const environment = environmentLayer(env);
  const user = await fileLayer('user', paths.config, env);
  const own = [environment, ...(user === undefined ? [] : [user]), defaultLayer()];
  const { layer, ...project } = await readProject(root, own, env);
  const layers = layer === undefined ? own : [environment, layer, ...own.slice(1)];
  const chosen = new Map(SETTING_KEYS.map((key) => [key, chooseValue(key, layers)]));
  const flat = SETTING_KEYS.map((key) => [key, readSetting(KEYS[key], chosen.get(key)?.written)] as const);
  return {
    value: { ...growTree(flat), project } as unknown as Settings,
    origin: (key) => chosen.get(key)!.origin,
    written: (key) => chosen.get(key)!.written,
  };
}

/** Returns what the root may do, and which settings of its file apply. */
async function readProject(
  root: string | undefined,
  own: readonly Layer[],
  env: Environment,
): Promise<Project & { layer?: Layer }> {
  if (root === undefined) return { ...UNTRUSTED, prompt: {}, leftOut: [] };
  const trust = judgeRoot(root, chooseValue('trustedRoots', own).written as string[]);
  const file = await fileLayer('project', projectFile(root), env);
  if (file === undefined) return { ...trust, prompt: {}, leftOut: [] };
  const { restrictProject } = await import('./project.ts');
  return { ...trust, ...restrictProject(file, trust.isTrusted, own) };
}
