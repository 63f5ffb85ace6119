/**
 * The mock agent: a program with claude's arguments and output stream. It works offline, and a message is the script of
 * its answer. `--agent mock` starts it, to try `session`, and in the CI of programs that use it.
 *
 * A script has one verb a line (`MOCK_VERBS`; the message `help` lists them). Empty lines and lines that start with #
 * are ignored. A message whose first line is not a verb is echoed with a hint. A script with an invalid line fails the
 * turn before any of it runs. At the end of a script whose last step is a tool call, the agent says the tool's answer;
 * at the end of one without text, `done`.
 *
 *     say Looking into it.
 *     call atomizer list_trials {"study": "bracket"}
 *     say Done.
 *
 * With a schema, a JSON object that the script says is the structured answer, valid or not.
 *
 * MCP servers are really started and called. `bash`, `read` and `write` really run too, when the session's mode allows
 * them. Conversations are kept in `<home>/mock/`, a file for each root and id, and `--resume` finds them. Signals, exit
 * statuses and error messages are those of claude.
 */
import { VERSION } from '../../version.ts';
import { StartRefused } from './io.ts';
import type { MockIo } from './io.ts';
import { startMachine } from './machine.ts';
import { beginFacts, resultRecord } from './result.ts';
import { serve } from './serve.ts';

/** Runs the mock agent until its stdin ends, or a signal or a crash ends it. Resolves to its exit status. */
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
