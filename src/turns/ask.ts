import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';

/** Whether a session's turns ask the user by default. In power mode they never ask, because all calls are allowed. */
export function asksUser({ ask, mode }: Pick<Session, 'ask' | 'mode'>): boolean {
  return ask && mode === 'user';
}

/** Throws USAGE for `--ask` in power mode. */
export function checkAsk(ask: boolean | undefined, { mode }: Pick<Session, 'mode'>): void {
  if (ask === true && mode === 'power')
    throw new SessionError('USAGE', '--ask is of no use in power mode: every tool runs without asking.', {
      hint: 'Leave --ask out, or switch the session to user mode.',
    });
}
