import { removeSessions } from '../library/remove.ts';
import type { RemovalRecord } from '../model/records.ts';
import { defineCommand } from './define.ts';
import { SESSIONS_POSITIONAL, flag } from './options.ts';

export const command = defineCommand({
  positionals: SESSIONS_POSITIONAL,
  options: {
    force: flag('Stop a running turn, instead of failing with status 6'),
    purge: flag('Delete for good, instead of moving to the trash'),
    transcript: flag("With --purge: delete the agent's own transcript too"),
  },
  examples: [
    ['session rm nightly', 'into the trash; "session restore ID" brings it back'],
    ['session rm 1a2b --purge --transcript', 'nothing of it is left'],
  ],
  async run(args, invocation) {
    const removals = await removeSessions(invocation, args.session, args);
    for (const removal of removals) invocation.notice(describe(removal, args.transcript ?? false));
    await invocation.printer.records(removals);
  },
});

function describe({ session_id, action, transcripts }: RemovalRecord, wantedTranscript: boolean): string {
  if (action === 'none') return `${session_id} is already in the trash`;
  if (action === 'trash')
    return `${session_id} is in the trash; bring it back with "session restore ${session_id}"`;
  const missed = wantedTranscript && transcripts === 0 ? '; the agent kept no transcript of it' : '';
  return `${session_id} is deleted${missed}`;
}
