import type { Stats } from 'node:fs';
import { SessionError } from '../errors.ts';
import { describeOthers, describeOthersOf } from '../system/ownership.ts';

/**
 * Throws SETTINGS_INVALID when somebody else could change a file or directory of ours. The settings name programs that
 * run as this user.
 *
 * Pass the facts of an open file, so that the file that was checked is the file that is used.
 */
export function requireOwn(path: string, facts: Stats | string): void {
  const others = typeof facts === 'string' ? describeOthersOf(facts) : describeOthers(facts);
  if (others === undefined) return;
  throw new SessionError('SETTINGS_INVALID', `${path} ${others}, so it is not used.`, {
    hint: others.startsWith('belongs')
      ? 'Name a directory of your own in CLAUDE_SESSION_HOME.'
      : `Remove the write permission of others with: chmod go-w '${path}'`,
  });
}
