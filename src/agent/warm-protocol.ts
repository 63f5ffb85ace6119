import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AgentCommand } from './process.ts';

/** What a host is told when it starts: the agent to hold, and the terms. */
export interface WarmOrder {
  command: AgentCommand;
  sessionId: string;
  /** Where the host listens, and where it leaves word of itself. */
  socketPath: string;
  infoPath: string;
  lockPath: string;
  /** How long the agent stays up without a turn. */
  idleMs: number;
  /** Everything that shapes the agent: one of another shape can't serve a turn. Kept in the host's memory alone. */
  shape: string;
  note: string;
  /** What the agent was started with; removed when it has ended. */
  files: string[];
}

/** What a host says of itself, in a file beside its socket. */
export interface WarmInfo {
  /** The host's and the agent's processes (see system/owner.ts). */
  hostOwner: string;
  agentOwner: string;
  socketPath: string;
  logPath: string;
  idleMs: number;
  startedAt: number;
}

/** One question a connection, one line of JSON each way. */
export type WarmQuestion =
  /** Hands the agent lines of input; a file at `markPath` tells of it, even where who asked did not live to see it. */
  | { ask: 'input'; lines: string; note: string; markPath?: string }
  /** `forUseAs`: input for an agent of this shape is about to come, so it counts as some. */
  | { ask: 'status'; forUseAs?: string }
  /** Ends the agent and the host, unless the agent was of use within `ifIdleMs`; answered when both are done. */
  | { ask: 'close'; ifIdleMs?: number };

export interface WarmAnswer {
  idleLeftMs: number;
  /** Whether the agent is of the shape asked for. */
  isFit: boolean;
  /** What the last client left for the next one. */
  note: string;
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
