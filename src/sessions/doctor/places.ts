import { statSync } from 'node:fs';
import { systemCode } from '../../errors.ts';
import { fail, ok, warn } from './check.ts';
import type { Check } from './check.ts';
import type { Place } from './context.ts';

const OTHERS = 0o077;

/** Checks that only the owner can read our directories. */
export function checkPlaces({ paths }: Place): Check {
  if (process.platform === 'win32') return ok('permissions', 'not looked at on Windows');
  const expected = [
    [paths.home, 0o700],
    [paths.run, 0o700],
    [paths.config, 0o600],
    [paths.store, 0o600],
  ] as const;
  const open: string[] = [];
  const repairs: string[] = [];
  for (const [path, mode] of expected) {
    try {
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts === undefined || (facts.mode & OTHERS) === 0) continue;
      open.push(`${path} (${(facts.mode & 0o777).toString(8).padStart(4, '0')})`);
      repairs.push(`chmod ${mode.toString(8)} '${path}'`);
    } catch (error) {
      return fail('permissions', `${path} can't be looked at (${systemCode(error) ?? String(error)})`);
    }
  }
  if (open.length === 0) return ok('permissions', `${paths.home} is private to its owner`);
  return warn('permissions', `others may look into ${open.join(', ')}`, repairs.join('; '));
}
