import { userInfo } from 'node:os';
import path from 'node:path';
import { SessionError } from '../errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The directory of all our files: CLAUDE_SESSION_HOME, else the user's configuration directory as conf chooses it. */
export function resolveHome(env: Environment, platform: NodeJS.Platform = process.platform): string {
  if (env['CLAUDE_SESSION_HOME']) return path.resolve(env['CLAUDE_SESSION_HOME']);
  switch (platform) {
    case 'darwin':
      return path.join(userHome(env), 'Library', 'Preferences', 'claude-session');
    case 'win32':
      return path.join(
        env['APPDATA'] || path.join(userHome(env), 'AppData', 'Roaming'),
        'claude-session',
        'Config',
      );
    default: {
      // According to the XDG specification, a relative path is invalid and is ignored.
      const xdg = env['XDG_CONFIG_HOME'];
      return path.join(
        xdg && path.isAbsolute(xdg) ? xdg : path.join(userHome(env), '.config'),
        'claude-session',
      );
    }
  }
}

/**
 * The user's home directory, from the environment, else from the system. Throws SETTINGS_INVALID when neither has one.
 *
 * An empty or relative path is ignored: it would be the current directory, which may be a checkout.
 */
function userHome(env: Environment): string {
  const named = [env['HOME'], env['USERPROFILE']].find((home) => home !== undefined && path.isAbsolute(home));
  if (named !== undefined) return named;
  try {
    const { homedir } = userInfo();
    if (path.isAbsolute(homedir)) return homedir;
  } catch {
    // The system does not know this user, as in many containers.
  }
  throw new SessionError('SETTINGS_INVALID', 'There is no home directory: HOME does not name one.', {
    hint: 'Set HOME, or CLAUDE_SESSION_HOME to a directory of your own.',
  });
}

/** Resolves `~/x` in the user's home directory, and any other path relative to `base`. */
export function resolveUserPath(written: string, base: string, env: Environment): string {
  const inHome = written === '~' || written.startsWith('~/');
  return inHome ? path.join(userHome(env), written.slice(1)) : path.resolve(base, written);
}

/** Whether a program is named by a bare name or an absolute path, so that the current directory does not matter. */
export function isProgram(word: string): boolean {
  return path.isAbsolute(word) || !/[\\/]/.test(word);
}

/** The settings file of a checkout. */
export function projectFile(root: string): string {
  return path.join(root, '.session.json');
}

/** Builds all paths that we use. Accesses no file. */
export function buildPaths(env: Environment) {
  const home = resolveHome(env);
  const run = path.join(home, 'run');
  const sessionRun = (sessionId: string): string => path.join(run, sessionId);
  const ofTurn =
    (suffix: string) =>
    (sessionId: string, turnId: number): string =>
      path.join(run, sessionId, `${turnId}${suffix}`);
  const ofSession =
    (name: string) =>
    (sessionId: string): string =>
      path.join(run, sessionId, name);
  return {
    home,
    config: path.join(home, 'config.json'),
    store: path.join(home, 'sessions.sqlite'),
    /** Working files of live turns, one directory a session. */
    run,
    sessionRun,
    /** The agent's raw stream. */
    turnLog: ofTurn('.ndjson'),
    agentStderr: ofTurn('.stderr'),
    /** The text of an answer that is too long to hold in memory, while its turn runs. */
    turnAnswer: ofTurn('.answer'),
    /** Exists when another process wants the turn to end. */
    cancelMark: ofTurn('.cancel'),
    /** Names the process of a turn's agent. */
    agentIdentity: ofTurn('.agent'),
    /** The files of a warm agent's host: its description, its lock, and its agent's streams. */
    warmInfo: ofSession('warm.json'),
    warmLock: ofSession('warm.lock'),
    warmLog: ofSession('warm.ndjson'),
    warmStderr: ofSession('warm.stderr'),
    mcpConfig: ofSession('mcp.json'),
    systemPrompt: ofSession('system-prompt.md'),
    /** Where the mock agent keeps its transcripts. */
    mock: path.join(home, 'mock'),
    cache: path.join(home, 'cache'),
  };
}

export type Paths = ReturnType<typeof buildPaths>;
