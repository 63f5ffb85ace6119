import type { Stats } from 'node:fs';
import { SessionError } from '../errors.ts';
import { describeOthers, describeOthersOf } from '../system/ownership.ts';

/**
 * Throws SETTINGS_INVALID when somebody else could change a file or directory of ours: it names programs that run as this user.
 *
 * With the facts of an open file there is no moment between the look and the use.
 */
export function requireOwn(path: string, facts: Stats | string): void {
  const others = typeof facts === 'string' ? describeOthersOf(facts) : describeOthers(facts);
  if (others === undefined) return;
  throw new SessionError('SETTINGS_INVALID', `${path} ${others}, so it is not used.`, {
    hint: others.startsWith('belongs')
      ? 'Name a directory of your own in CLAUDE_SESSION_HOME.'
      : `Close it with: chmod go-w '${path}'`,
  });
}
