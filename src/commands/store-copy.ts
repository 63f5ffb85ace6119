import { SessionError } from '../errors.ts';
import { STOP_REASONS } from '../library/stop-request.ts';
import { startSpinner } from '../output/spinner.ts';
import type { Invocation } from './invocation.ts';

/** Copies the store to `to`, shows the progress, and prints what was copied. */
export async function copy(invocation: Invocation, to: string | undefined): Promise<number> {
  const { copyStore } = await import('../library/store-copy.ts');
  const stop = new AbortController();
  const off = invocation.io.onSignal((signal) =>
    stop.abort(
      new SessionError(STOP_REASONS[signal].code, 'The copy was interrupted.', {
        hint: 'Run it again to go on.',
      }),
    ),
  );
  const spinner = startSpinner('copying the store', invocation);
  const record = await copyStore(invocation, to, stop.signal).finally(() => {
    spinner.stop();
    off();
  });
  const { to: where, sessions, known, turns, messages, left_out: leftOut } = record;
  for (const id of leftOut) invocation.notice(`session ${id} is in use and was left out; copy again`);
  invocation.notice(
    `${where}: ${sessions} sessions copied, ${known} known; ${turns} turns and ${messages} messages compared`,
  );
  await invocation.printer.record(record);
  return leftOut.length > 0 ? 1 : 0;
}
