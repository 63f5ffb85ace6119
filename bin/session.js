#!/usr/bin/env sh
':' /*
# A shell begins, since Node forgets which signals were ignored when it was started, as by nohup,
# and opens /dev/null for a stdout that is closed.
{ true 3>&1; } 2>/dev/null || export SESSION_NO_STDOUT=1
while read -r name value; do
  if [ "$name" = SigIgn: ]; then export SESSION_SIGIGN="$value"; fi
done 2>/dev/null </proc/self/status
exec node "$0" "$@"
*/;
'use strict';
try {
  // oxlint-disable-next-line import/no-unassigned-import -- All there is to do is in there.
  require('../dist/launcher.cjs');
} catch (error) {
  // What fails once the launcher is there, it tells itself.
  if (process.listenerCount('uncaughtException') > 0) throw error;
  const message = `A file of session itself can not be loaded: ${error.message.split('\n')[0]}.`;
  const hint = 'Reinstall the package, or give this user access to it.';
  const record = {
    type: 'error',
    session_id: null,
    turn_id: null,
    code: 'AGENT_FAILED',
    message,
    hint,
    exit_status: 1,
  };
  if (process.argv.some((word) => word.endsWith('json'))) process.stdout.write(`${JSON.stringify(record)}\n`);
  process.stderr.write(`session: ${message}\n${hint}\n`);
  process.exitCode = 1;
}
