import { describeSession } from '../library/describe.ts';
import type { Session } from '../model/model.ts';
import type { Invocation } from './invocation.ts';

/** Prints one session: its record, or `text` in text format. */
export async function printSession(invocation: Invocation, session: Session, text = ''): Promise<void> {
  await invocation.printer.record(() => describeSession(invocation, session), text);
}
