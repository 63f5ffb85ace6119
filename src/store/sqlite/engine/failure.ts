import { SessionError, systemCode } from '../../../errors.ts';
import { describeOwner } from '../../../system/owner.ts';

const NO_ACCESS = new Set(['EACCES', 'EPERM', 'EROFS']);

/** Whether the system refused because permission is missing, or because the medium is read-only. */
function isAccessRefused(error: unknown): boolean {
  return NO_ACCESS.has(systemCode(error) ?? '');
}

/**
 * Converts the failure of a statement or system call on the store's file to a message for the user.
 *
 * `failure` is the system's error, if there was one; SQLite itself reports only a few words. An error that is not about
 * the file (for example a bug in a statement) is returned unchanged.
 */
export function explainFailure(path: string, error: unknown, failure?: unknown): unknown {
  if (error instanceof SessionError) return error;
  const words = error instanceof Error ? error.message : String(error);
  const cause = failure ?? error;
  const reason = systemCode(cause) === undefined ? '' : ` (${(cause as Error).message})`;
  if (/disk is full/.test(words) || ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(cause) ?? '')) {
    return new SessionError('STORE_FULL', `There is no room for the store ${path}${reason}.`, {
      hint: 'Free some space on its file system and repeat the command; nothing was changed.',
      cause,
    });
  }
  if (isAccessRefused(cause) || /readonly database/.test(words)) return noAccess(path, cause);
  if (/not a database/.test(words)) return notOurs(path, 'is not a session store');
  if (/malformed|corrupt/.test(words)) return damaged(path, words, cause);
  if (systemCode(cause) !== undefined || /I\/O error|unable to open/.test(words)) {
    return new SessionError('STORE_UNREADABLE', `The store ${path} could not be used: ${words}${reason}.`, {
      hint: 'Check the file, its directory and the disk.',
      cause,
    });
  }
  return error;
}

/**
 * Like `explainFailure`, for statements and rows that are valid in every undamaged store. If SQLite refuses a
 * statement, or a row can't be read, the store is not as we wrote it. SQLite's errors are instances of Error itself;
 * those of our own code are not.
 */
export function explainStoreFailure(path: string, error: unknown, failure?: unknown): unknown {
  const explained = explainFailure(path, error, failure);
  const isUnfit =
    error instanceof SyntaxError ||
    (error instanceof Error && Object.getPrototypeOf(error) === Error.prototype);
  return explained === error && isUnfit ? damaged(path, error.message, error) : explained;
}

export function damaged(path: string, words: string, cause?: unknown): SessionError {
  return new SessionError('STORE_CORRUPT', `The store ${path} is damaged: ${words}.`, {
    hint: 'Restore it from a backup, or move it away to start with an empty one (`sqlite3 FILE .recover` may save what is in it).',
    cause,
  });
}

export function noAccess(path: string, cause?: unknown): SessionError {
  const reason = systemCode(cause) === undefined ? '' : ` (${(cause as Error).message})`;
  return new SessionError('STORE_UNREADABLE', `No permission for the store ${path}${reason}.`, {
    hint: 'Grant yourself read and write access to the file and its directory, or set CLAUDE_SESSION_HOME to another directory.',
    cause,
  });
}

/** The error for an older store that this user may read, but not bring up to date. */
export function needsUpgrade(path: string): SessionError {
  return new SessionError(
    'STORE_UNREADABLE',
    `The store ${path} is of an older version, and may not be written.`,
    {
      hint: 'Run session once as a user with write access to it, to bring it up to date.',
    },
  );
}

export function notOurs(path: string, what: string): SessionError {
  return new SessionError('STORE_UNREADABLE', `${path} ${what}.`, {
    hint: 'Move it away, or set CLAUDE_SESSION_HOME to another directory.',
  });
}

export function olderSchema(path: string): SessionError {
  return new SessionError('STORE_UNREADABLE', `The store ${path} is of a version before the first release.`, {
    hint: 'Export its sessions with the version that wrote it, and import them here.',
  });
}

export function newerSchema(path: string, found: number, known: number): SessionError {
  return new SessionError(
    'STORE_NEWER',
    `The store ${path} was written by a newer version of session (schema ${found}; this version knows ${known}).`,
    { hint: 'Update session, or set CLAUDE_SESSION_HOME to another directory.' },
  );
}

/** `holder` is the result of FileLock.holder(). */
export function storeBusy(path: string, holder: string | undefined, waitedMs: number): SessionError {
  const who = holder === '' ? 'another program (sqlite3?)' : describeOwner(holder ?? '');
  return new SessionError(
    'STORE_BUSY',
    `The store ${path} is in use by ${who}; waited ${Math.round(waitedMs / 1000)} s.`,
    {
      hint: `Repeat the command when it has ended; if nothing uses the store any more, remove ${path}.lock.`,
    },
  );
}
