import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a host writes about itself, in a file beside its socket. */
export interface WarmInfo {
  /** The host's process (see system/owner.ts). */
  hostOwner: string;
  /** Whether the host runs inside a program of the user, which must not be ended. */
  isGuest: boolean;
  /** The agent of the host; null while there is none. */
  agentOwner: string | null;
  socketPath: string;
  logPath: string;
  startedAt: number;
}

/** A request to a host: one line of JSON a connection. Only `turn` is followed by more lines. */
export type WarmRequest =
  | ({ ask: 'turn' } & WarmTurn)
  | { ask: 'status' }
  /** Stops a turn, if the host runs it. */
  | { ask: 'stop'; turnId: number }
  /**
   * Ends the agent, unless it was used within `ifIdleMs`, and the host too, unless turns wait there. The reply comes
   * when that is done.
   */
  | { ask: 'close'; ifIdleMs?: number };

/** A message for the agent of a host, with the client's options for it. */
export interface WarmTurn {
  /** The client's version. A host of another version declines. */
  version: string;
  message: string;
  /** The client's flags (see turns/request.ts). */
  flags: unknown;
  /** The client's environment. */
  env: Record<string, string>;
  /** A turn that the client has already queued; null for a new one. */
  turnId: number | null;
}

/** A later line of the client: stop the turn, with the reason. */
export interface WarmStop {
  stop: string;
}

/** A reply of a host to the client of a turn: a line of JSON. */
export type WarmReply =
  /** The turn can't run with a warm agent, or not in this host. */
  | { type: 'declined' }
  /** From here on the host handles the message, even when the client exits. */
  | { type: 'accepted' }
  | { type: 'queued'; turnId: number }
  | { type: 'notice'; sentence: string }
  /** Records of the turn; the text of a `done` follows in parts. */
  | { type: 'records'; records: unknown[] }
  | { type: 'part'; text: string }
  /** The last line of a turn. */
  | { type: 'end' }
  | { type: 'failed'; code: string; message: string; hint: string | undefined };

export interface WarmStatus {
  idleForMs: number;
  idleLeftMs: number;
  /** Whether the host keeps running. */
  staysUp: boolean;
}

/** The longest socket path that every system allows (macOS: 104 bytes with the NUL). */
const MAX_SOCKET_PATH = 100;

/**
 * The socket path of a session's host: in the run directory, or in the system's temporary directory when that path is
 * too long.
 */
export function chooseSocketPath(runDirectory: string, platform: NodeJS.Platform = process.platform): string {
  const inRun = path.join(runDirectory, 'warm.sock');
  if (platform !== 'win32' && Buffer.byteLength(inRun) <= MAX_SOCKET_PATH) return inRun;
  // It is slow to load and rarely needed.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const name = createHash('sha256').update(runDirectory).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\claude-session-${name}`;
  return path.join(tmpdir(), `claude-session-${process.getuid?.() ?? 0}`, `${name}.sock`);
}
