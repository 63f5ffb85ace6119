import { randomUUID } from 'node:crypto';
import type { MockOptions } from './options.ts';
import { StartRefused } from './io.ts';
import { Transcript } from './transcript.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface Conversation {
  sessionId: string;
  transcript: Transcript;
}

/** There is nothing to resume: claude prints one result line without an init, and says so on stderr. */
export class NoConversation extends Error {
  override readonly name = 'NoConversation';
  readonly sessionId: string;

  constructor(sessionId: string) {
    super(`No conversation found with session ID: ${sessionId}`);
    this.sessionId = sessionId;
  }
}

/** The conversation these options ask for: a new one, one to go on with, or a copy of one. */
export function openConversation(options: MockOptions, folder: string): Conversation {
  const { sessionId, resume, fork, persist } = options;
  if (sessionId !== undefined && !UUID.test(sessionId)) {
    throw new StartRefused('Error: Invalid session ID. Must be a valid UUID.');
  }
  if (resume === undefined) return startConversation(sessionId ?? randomUUID(), folder, persist);
  if (sessionId !== undefined && !fork) {
    throw new StartRefused(
      'Error: --session-id can only be used with --continue or --resume if --fork-session is also specified.',
    );
  }
  if (!UUID.test(resume)) {
    throw new StartRefused(
      'Error: --resume requires a valid session ID or session title when used with --print. Usage: claude -p --resume <session-id|title>',
    );
  }
  const transcript = new Transcript(folder, resume, persist);
  if (!transcript.load()) throw new NoConversation(resume);
  if (!fork) return { sessionId: resume, transcript };
  const forkId = sessionId ?? randomUUID();
  return { sessionId: forkId, transcript: transcript.fork(folder, forkId) };
}

function startConversation(sessionId: string, folder: string, persist: boolean): Conversation {
  const transcript = new Transcript(folder, sessionId, persist);
  if (transcript.exists) throw new StartRefused(`Error: Session ID ${sessionId} is already in use.`);
  return { sessionId, transcript };
}
