import { SessionError } from '../errors.ts';
import type { StopSignal } from '../io.ts';
import { readFiles } from '../library/files.ts';
import { checkSending, detach, openTurn, planTurn, resolveFlags } from '../library/send.ts';
import type { Sending } from '../library/send.ts';
import { StopRequest } from '../library/stop-request.ts';
import type { Session } from '../model/model.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { readMessage } from './message.ts';
import { SESSION_POSITIONAL, flag, text, texts } from './options.ts';
import { readSchema } from './schema-argument.ts';
import { REQUEST_OPTIONS, readFlags } from './send-request.ts';

export const command = defineCommand({
  positionals: {
    session: { ...SESSION_POSITIONAL.session, completes: 'recipients' },
    message: {
      type: 'string',
      array: true,
      mayBeEmpty: true,
      default: [],
      describe:
        'The message; from stdin when there is none, and what is piped in is sent below it (</dev/null leaves it out, a last - waits for it)',
    },
  },
  options: {
    file: text('Read the message from a file, or - for stdin (beside a message: below it)', {
      alias: 'f',
      completes: 'files',
    }),
    ...REQUEST_OPTIONS,
    attach: texts('File to send with the message: an image, a PDF or text; may be repeated', {
      completes: 'files',
    }),
    schema: text('JSON Schema of the answer, a file or JSON', { completes: 'files' }),
    'no-stream': flag('Print the answer at the end, not as it comes'),
    detach: flag("Print the turn's id and leave it running"),
    'dry-run': flag('Print what would be started; start and store nothing'),
    record: text("Copy the agent's raw stream to a file", { completes: 'files' }),
  },
  examples: [
    ['session send nightly "Summarise the last 20 trials"', 'the answer on stdout'],
    ['git diff | session send @last "Review this"', 'the message, and below it what is piped in'],
    [
      `session send @last --ndjson < message.txt | jq -r 'select(.type=="text").content'`,
      'message from a file',
    ],
  ],
  async run(args, invocation) {
    const { io } = invocation;
    const stop = new StopRequest();
    const off = io.onSignal((signal: StopSignal) => stop.ask(signal));
    try {
      const message = await readMessage(
        [...args.message],
        args.file,
        { io, notice: (sentence) => invocation.notice(sentence) },
        stop,
      );
      const flags = resolveFlags(invocation, { ...readFlags(args), recordPath: args.record });
      if (args.attach !== undefined) flags.files = await readFiles(args.attach, io.cwd);
      if (args.schema !== undefined) flags.schema = await readSchema(args.schema, io.cwd);
      // Everything is checked before a session is created.
      await checkSending({ message, flags });
      const to = args.session === '@new' ? await createForSend(args, invocation) : args.session;
      const sending = { to, message, flags };
      if (args['dry-run'] === true) return await printPlan(sending, invocation);
      if (args.detach === true) return await printDetached(sending, invocation);
      const outputs = await openTurn(invocation, sending, stop);
      const { printTurn } = await import('../output/turn.ts');
      const ending = await printTurn(outputs, invocation, {
        isStreamed: args['no-stream'] !== true,
        isStructured: flags.schema !== undefined,
      });
      return ending.done?.exit_code ?? 1;
    } finally {
      off();
    }
  },
});

/** Creates a session for `@new`, with the values of the settings. */
async function createForSend(
  args: { 'dry-run'?: boolean | undefined },
  invocation: Invocation,
): Promise<Session> {
  if (args['dry-run'] === true)
    throw new SessionError('USAGE', '--dry-run needs a session that exists, not @new.');
  const { createFromRequest } = await import('../library/create.ts');
  return await createFromRequest(invocation, {});
}

async function printDetached(sending: Sending, invocation: Invocation): Promise<void> {
  const reference = await detach(invocation, sending);
  await invocation.printer.record(reference, `${reference.turn_id}\n`);
}

async function printPlan(sending: Sending, invocation: Invocation): Promise<void> {
  const { renderDryRun } = await import('../output/dry-run.ts');
  const plan = await planTurn(invocation, sending);
  await invocation.printer.record(plan, renderDryRun(plan));
}
