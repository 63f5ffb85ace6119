import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';

/**
 * Why somebody else could change a file or directory; undefined when only this user and root can, or nobody can tell (Windows).
 *
 * As OpenSSH and git judge it: by owner and mode. A group of the same number as its owner is that user's private group.
 */
export function describeOthers({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>): string | undefined {
  const self = process.geteuid?.();
  if (self === undefined) return undefined;
  if (uid !== self && uid !== 0) return `belongs to user ${uid}, not to you (${self})`;
  if ((mode & 0o002) !== 0) return 'may be changed by everyone';
  if ((mode & 0o020) !== 0 && gid !== uid) return `may be changed by the group ${gid}`;
  return undefined;
}

/** The same of what is at a path; undefined also where nothing is. */
export function describeOthersOf(path: string): string | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? undefined : describeOthers(facts);
}
