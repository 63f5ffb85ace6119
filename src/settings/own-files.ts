import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { SessionError, systemCode } from '../errors.ts';
import { describeOthers } from '../system/ownership.ts';

/**
 * Throws SETTINGS_INVALID when somebody else could change a file or directory of ours. The settings name programs that
 * run as this user.
 *
 * Pass the facts of an open file, so that the file that was checked is the file that is used.
 */
export function requireOwn(path: string, facts: Stats | string): void {
  const found = typeof facts === 'string' ? findDirectory(facts) : facts;
  const others = found && describeOthers(found);
  if (others === undefined) return;
  throw new SessionError('SETTINGS_INVALID', `${path} ${others}, so it is not used.`, {
    hint: others.startsWith('belongs')
      ? 'Name a directory of your own in CLAUDE_SESSION_HOME.'
      : `Remove the write permission of others with: chmod go-w '${path}'`,
  });
}

/** Undefined where there is none yet. Throws SETTINGS_INVALID for a path that can't be a directory of ours. */
function findDirectory(path: string): Stats | undefined {
  let why = 'is not a directory';
  try {
    const facts = statSync(path, { throwIfNoEntry: false });
    if (facts === undefined || facts.isDirectory()) return facts;
  } catch (error) {
    why = `can't be used (${systemCode(error) ?? String(error)})`;
  }
  throw new SessionError('SETTINGS_INVALID', `${path} ${why}.`, {
    hint: 'Name a directory of your own in CLAUDE_SESSION_HOME.',
  });
}
