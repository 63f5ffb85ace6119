import { readdirSync } from 'node:fs';
import type { Session } from '../model/model.ts';
import { stopSession } from '../sessions/stop-session.ts';
import { SessionError } from '../errors.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { OPTIONAL_SESSION, flag } from './options.ts';

export const command = defineCommand({
  positionals: OPTIONAL_SESSION,
  options: { all: flag('Every session') },
  async run(args, invocation) {
    if ((args.session === undefined) === (args.all !== true))
      throw new SessionError('USAGE', 'Name one session, or give --all.');
    const sessions =
      args.session === undefined
        ? await runningSessions(invocation)
        : [await invocation.select(args.session, 'write')];
    const stopped = [];
    for (const session of sessions) {
      const { turns, wasWarm } = await stopSession(await invocation.services(session.root), session);
      stopped.push({ session_id: session.id, turns: turns.map(({ id }) => id), was_warm: wasWarm });
      if (wasWarm || turns.length > 0) invocation.notice(`stopped ${session.id}`);
    }
    await invocation.printer.records(stopped);
  },
});

/** Only what runs has a directory in `run`. */
async function runningSessions(invocation: Invocation): Promise<Session[]> {
  const store = await invocation.store('write');
  let ids: string[] = [];
  try {
    ids = readdirSync(invocation.paths.run);
  } catch {
    // Nothing ever ran.
  }
  const found = await Promise.all(ids.map((id) => store.sessions.find(id)));
  return found.filter((session) => session !== undefined);
}
