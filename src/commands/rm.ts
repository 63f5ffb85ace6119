import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';
import { dropDeletedWords, purgeSession, requireIdle, trashSession } from '../sessions/retention/remove.ts';
import type { Services } from '../turns/services.ts';
import { stopSession } from '../sessions/stop-session.ts';
import type { RemovalRecord } from '../model/records.ts';
import { defineCommand } from './define.ts';
import { SESSIONS_POSITIONAL, flag } from './options.ts';

export const command = defineCommand({
  positionals: SESSIONS_POSITIONAL,
  options: {
    force: flag('Stop a turn that runs, instead of failing with status 6'),
    purge: flag('Delete for good, instead of moving to the trash'),
    transcript: flag("With --purge: delete the agent's own transcript too"),
  },
  examples: [
    ['session rm nightly', 'into the trash; "session restore ID" brings it back'],
    ['session rm 1a2b --purge --transcript', 'nothing of it is left'],
  ],
  async run(args, invocation) {
    if (args.transcript === true && args.purge !== true)
      throw new SessionError('USAGE', '--transcript needs --purge.');
    const sessions: Session[] = [];
    for (const selector of args.session) sessions.push(await invocation.select(selector, 'write'));
    const services = await invocation.services(undefined);
    // All or nothing, as far as can be told beforehand.
    for (const session of sessions)
      if (args.force === true) await stopSession(services, session);
      else await requireIdle(services, session);
    const removals: RemovalRecord[] = [];
    for (const session of sessions) removals.push(await remove(services, session, args));
    if (args.purge === true) await dropDeletedWords(services);
    for (const removal of removals) invocation.notice(describe(removal, args.transcript ?? false));
    await invocation.printer.records(removals);
  },
});

async function remove(
  services: Services,
  session: Session,
  args: { purge?: boolean | undefined; transcript?: boolean | undefined },
): Promise<RemovalRecord> {
  const isTrashed = await trashSession(services, session);
  if (args.purge !== true)
    return { session_id: session.id, action: isTrashed ? 'trash' : 'none', transcripts: 0 };
  const transcripts = await purgeSession(services, session, args.transcript ?? false);
  return { session_id: session.id, action: 'purge', transcripts };
}

function describe({ session_id, action, transcripts }: RemovalRecord, wantedTranscript: boolean): string {
  if (action === 'none') return `${session_id} is in the trash already`;
  if (action === 'trash')
    return `${session_id} is in the trash; bring it back with "session restore ${session_id}"`;
  const missed = wantedTranscript && transcripts === 0 ? '; the agent kept no transcript of it' : '';
  return `${session_id} is deleted${missed}`;
}
