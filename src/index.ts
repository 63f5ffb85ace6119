/** The library: the functions of the command line, for programs. */
import type { OpenOptions } from './library/program-context.ts';
import { Sessions } from './library/sessions.ts';

export { SessionError } from './errors.ts';
export type { ErrorCode } from './errors.ts';
export type { FileToSend } from './library/files.ts';
export type { OpenOptions } from './library/program-context.ts';
export type { SentTurn } from './library/sent-turn.ts';
export type { SendOptions } from './library/session-turns.ts';
export type { Sessions } from './library/sessions.ts';

/** Opens the sessions of a home. Creates nothing before something is stored. Throws SETTINGS_INVALID. */
export async function openSessions(options: OpenOptions = {}): Promise<Sessions> {
  return await new Sessions(options).check();
}
