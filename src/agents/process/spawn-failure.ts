import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { SessionError, systemCode } from '../../errors.ts';
import { findProgram } from '../../system/find-program.ts';

/** Refuses a root that does not exist. The system's own error would name the program instead. */
export function refuseBadCwd(cwd: string): void {
  let isDirectory = false;
  try {
    isDirectory = statSync(cwd).isDirectory();
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) {
      throw new SessionError('AGENT_FAILED', `The root ${cwd} can't be entered (${systemCode(error)}).`, {
        cause: error,
      });
    }
  }
  if (isDirectory) return;
  throw new SessionError('AGENT_FAILED', `The root of this session, ${cwd}, does not exist any more.`, {
    hint: 'Put the directory back, or name the one that took its place: session set ID --root DIRECTORY',
  });
}

/**
 * The absolute path of the agent program, so that it does not depend on the working directory. Throws AGENT_MISSING.
 */
export function requireProgram(name: string, env: Record<string, string | undefined>): string {
  const file = isAbsolute(name) ? name : findProgram(name, env);
  if (file === undefined) throw describeSpawnFailure(name, { code: 'ENOENT' });
  return file;
}

/** Describes why a program did not start, by the system's error code. */
export function describeSpawnFailure(
  file: string,
  failure: { code?: string | undefined; cause?: unknown },
): SessionError {
  const code = failure.code ?? systemCode(failure.cause) ?? 'unknown error';
  const { cause } = failure;
  switch (code) {
    case 'ENOENT':
      if (isFile(file)) {
        return new SessionError(
          'AGENT_MISSING',
          `The interpreter that "${file}" names in its first line was not found.`,
          {
            hint: 'Install that interpreter, or put it on PATH.',
            cause,
          },
        );
      }
      return new SessionError('AGENT_MISSING', `The agent program "${file}" was not found.`, {
        hint: 'Install it, put it on PATH, or name it with `session config set agents.claude.command`.',
        cause,
      });
    case 'EACCES':
      return new SessionError('AGENT_MISSING', `The agent program "${file}" may not be executed.`, {
        hint: `Check its permissions: chmod +x "${file}".`,
        cause,
      });
    default:
      return new SessionError('AGENT_FAILED', `The agent program "${file}" did not start (${code}).`, {
        cause,
      });
  }
}

function isFile(path: string): boolean {
  return path.includes('/') && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
