import { realpathSync } from 'node:fs';
import path from 'node:path';
import { SessionError } from '../errors.ts';
import { KEYS } from './keys.ts';
import type { SettingKey } from './keys.ts';
import type { KeySpec } from './kinds.ts';

/**
 * Throws SETTINGS_INVALID when a project file says what no checkout may say: anything that grants power, starts a program,
 * weakens a limit on others, or reaches out of the root.
 */
export function checkProjectSettings(written: ReadonlyMap<SettingKey, unknown>, file: string): void {
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

/** Whether the file, with links followed, is below the root; one that does not exist is judged by its name. */
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
