import type { KEYS, SettingKey } from './keys.ts';
import { durationMs } from './durations.ts';
import { sizeBytes } from './sizes.ts';
import type { KeySpec, SettingValue } from './kinds.ts';
import type { Project } from './project.ts';

/** Converts a valid written value: durations to milliseconds, sizes to bytes, a command to a list. */
export function readSetting(spec: KeySpec, written: unknown): unknown {
  if (spec.kind === 'duration' && typeof written === 'string') return durationMs(written);
  if (spec.kind === 'size' && typeof written === 'string') return sizeBytes(written);
  if (spec.kind === 'command' && typeof written === 'string') return [written];
  return written;
}

/** The settings by dotted key, before they are put into one tree. */
type FlatSettings = { [K in SettingKey]: SettingValue<(typeof KEYS)[K]> };

type Branch<Key extends string, Value> = Key extends `${infer Head}.${infer Rest}`
  ? { readonly [H in Head]: Branch<Rest, Value> }
  : { readonly [K in Key]: Value };

type Joined<Union> = (Union extends unknown ? (each: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** All settings that apply, as a tree with the names of config.json, and what the root's checkout may do. */
export type Settings = Joined<{ [K in SettingKey]: Branch<K, FlatSettings[K]> }[SettingKey]> & {
  readonly project: Project;
};

/** Puts dotted keys into a tree. */
export function growTree(flat: Iterable<readonly [key: string, value: unknown]>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [key, value] of flat) {
    const names = key.split('.');
    const last = names.pop()!;
    let branch = tree;
    for (const name of names) branch = (branch[name] ??= {}) as Record<string, unknown>;
    branch[last] = value;
  }
  return tree;
}
