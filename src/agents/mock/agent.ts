/**
 * The mock agent: a program with claude's arguments and claude's stream, offline and deterministic, whose message is
 * its script. It is what `--agent mock` starts, for trying `session` and for the CI of those who build on it.
 *
 * A script is one verb a line (`MOCK_VERBS`; the message `help` lists them); empty lines and lines that start with #
 * don't count. A message whose first line is no verb is echoed with a hint; a script with a bad line fails the turn,
 * before any of it runs. A script that ends on a tool call is closed with the tool's answer, one that says nothing
 * with `done`.
 *
 *     say Looking into it.
 *     call atomizer list_trials {"study": "bracket"}
 *     say Done.
 *
 * With a schema, an object in JSON that it says is the structured answer, whether it fits or not.
 *
 * MCP servers are started and called for real, and so are `bash`, `read` and `write`, as far as the session's mode
 * allows them. Conversations are kept below `<home>/mock/`, a file for each root and id, and found again by
 * `--resume`. Signals, exit statuses and the words of failures are claude's.
 */
import { VERSION } from '../../version.ts';
import { StartRefused } from './io.ts';
import type { MockIo } from './io.ts';
import { startMachine } from './machine.ts';
import { beginFacts, resultRecord } from './result.ts';
import { serve } from './serve.ts';

/** Runs the mock agent until its stdin ends or something ends it; resolves to its exit status. */
export async function start(argv: string[], io: MockIo): Promise<number> {
  if (argv[0] === '--version') {
    io.stdout.write(`${VERSION} (mock agent)\n`);
    return 0;
  }
  try {
    return await serve(startMachine(argv, io), io);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    io.stderr.write(`${error.message}\n`);
    if (error.lostId !== undefined) {
      const ending = { subtype: 'error_during_execution', is_error: true, errors: [error.message] };
      io.stdout.write(`${JSON.stringify(resultRecord(error.lostId, ending, beginFacts(0)))}\n`);
    }
    return 1;
  } finally {
    io.stdin.destroy();
  }
}
