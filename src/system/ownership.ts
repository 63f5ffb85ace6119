import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';

/**
 * Says why somebody else could change a file or directory. Returns undefined when only this user and root can, or when
 * that is unknown (Windows).
 *
 * The rule is that of OpenSSH and git: owner and mode decide. A group with the same number as the owner is that user's
 * private group.
 */
export function describeOthers({ uid, gid, mode }: Pick<Stats, 'uid' | 'gid' | 'mode'>): string | undefined {
  const self = process.geteuid?.();
  if (self === undefined) return undefined;
  if (uid !== self && uid !== 0) return `belongs to user ${uid}, not to you (${self})`;
  if ((mode & 0o002) !== 0) return 'may be changed by everyone';
  if ((mode & 0o020) !== 0 && gid !== uid) return `may be changed by the group ${gid}`;
  return undefined;
}

/** The same for the file at a path. Returns undefined also where there is none. */
export function describeOthersOf(path: string): string | undefined {
  const facts = statSync(path, { throwIfNoEntry: false });
  return facts === undefined ? undefined : describeOthers(facts);
}
