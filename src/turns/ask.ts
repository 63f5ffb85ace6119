import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';

/** Whether a session's turns ask the user, where they don't say it themselves: in power mode nothing is left to ask. */
export function asksUser({ ask, mode }: Pick<Session, 'ask' | 'mode'>): boolean {
  return ask && mode === 'user';
}

/** Throws USAGE where asking is wanted in power mode. */
export function checkAsk(ask: boolean | undefined, { mode }: Pick<Session, 'mode'>): void {
  if (ask === true && mode === 'power')
    throw new SessionError('USAGE', '--ask is of no use in power mode: every tool runs without asking.', {
      hint: 'Leave --ask out, or switch the session to user mode.',
    });
}
