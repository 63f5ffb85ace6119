import { tmpdir } from 'node:os';
import path from 'node:path';

/** What a host says of itself, in a file beside its socket. */
export interface WarmInfo {
  /** The host's process (see system/owner.ts). */
  hostOwner: string;
  /** Whether that process is a program that does more than this, and is not to be ended. */
  isGuest: boolean;
  /** The agent that it holds; null while there is none. */
  agentOwner: string | null;
  socketPath: string;
  logPath: string;
  startedAt: number;
}

/** A line of JSON to a host, one a connection; only `turn` is followed by others. */
export type WarmQuestion =
  | ({ ask: 'turn' } & WarmTurn)
  | { ask: 'status' }
  /** Ends a turn early, if the host runs it. */
  | { ask: 'stop'; turnId: number }
  /**
   * Ends the agent, unless it was of use within `ifIdleMs`, and the host with it, unless turns wait there; answered when
   * that is done.
   */
  | { ask: 'close'; ifIdleMs?: number };

/** A message for the agent of a host, and all that its client knows of how it is to be answered. */
export interface WarmTurn {
  /** Of the client: a host of another version declines. */
  version: string;
  message: string;
  /** What the client's flags say (see turns/request.ts). */
  flags: unknown;
  /** The client's environment. */
  env: Record<string, string>;
  /** A turn that the client has queued already and hands over; null for a new one. */
  turnId: number | null;
}

/** What a client of a turn may say later: that it is to end. */
export interface WarmStop {
  stop: string;
}

/** A line of JSON from a host to the client of a turn. */
export type WarmWord =
  /** The turn is not for a warm agent, or not for this host. */
  | { word: 'declined' }
  /** From here on the host sees to the message, whatever becomes of the client. */
  | { word: 'accepted' }
  | { word: 'queued'; turnId: number }
  | { word: 'notice'; sentence: string }
  /** Records of the turn; the text of a `done` follows in parts. */
  | { word: 'records'; records: unknown[] }
  | { word: 'part'; text: string }
  /** All is said. */
  | { word: 'end' }
  | { word: 'failed'; code: string; message: string; hint: string | undefined };

export interface WarmStatus {
  idleForMs: number;
  idleLeftMs: number;
  /** Whether the host goes on. */
  staysUp: boolean;
}

/** The longest socket path that every system takes (macOS: 104 bytes with the NUL). */
const MAX_SOCKET_PATH = 100;

/** Where the host of a session listens: in the run directory, or where that path is too long, beside it in name only. */
export function chooseSocketPath(runDirectory: string, platform: NodeJS.Platform = process.platform): string {
  const inRun = path.join(runDirectory, 'warm.sock');
  if (platform !== 'win32' && Buffer.byteLength(inRun) <= MAX_SOCKET_PATH) return inRun;
  // It takes long to load, and is hardly ever needed.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const name = createHash('sha256').update(runDirectory).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\claude-session-${name}`;
  return path.join(tmpdir(), `claude-session-${process.getuid?.() ?? 0}`, `${name}.sock`);
}
