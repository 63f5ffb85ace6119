import { closeSync, existsSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { noticeLeftOut } from '../turns/left-out.ts';
import type { Session } from '../model/model.ts';
import { checkMessage, completeRequest, isForWarmAgent } from '../turns/request.ts';
import type { RequestFlags, SendRequest } from '../turns/request.ts';
import type { Services } from '../turns/services.ts';
import { StopRequest } from '../turns/stop-request.ts';
import type { WarmRequest } from '../turns/warm.ts';
import { SessionError, systemCode } from '../errors.ts';
import type { StopSignal } from '../io.ts';
import type { TurnOutput } from '../model/records.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { readMessage } from './message.ts';
import { SESSION_POSITIONAL, flag, text } from './options.ts';
import { REQUEST_OPTIONS, readFlags } from './send-request.ts';

export const command = defineCommand({
  positionals: {
    session: { ...SESSION_POSITIONAL.session, completes: 'recipients' },
    message: {
      type: 'string',
      array: true,
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
    'no-stream': flag('Print the answer at the end, not as it comes'),
    detach: flag("Print the turn's id and leave it running"),
    'dry-run': flag('Print what would be started; start and store nothing'),
    record: text("Keep the agent's raw stream in a file", { completes: 'files' }),
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
      // Everything that can be wrong is found before anything is made.
      checkMessage(message);
      const flags = readFlags(args);
      if (args['dry-run'] !== true && args.record !== undefined)
        flags.recordPath = openRecord(resolve(io.cwd, args.record));
      const isPlain = args['dry-run'] !== true && args.detach !== true;
      const outputs =
        (isPlain
          ? await askKnownHost(args.session, { message, flags, env: io.env }, invocation, stop)
          : undefined) ?? (await send(args, message, flags, invocation, stop));
      if (outputs === undefined) return 0;
      const { printTurn } = await import('../output/turn.ts');
      const ending = await printTurn(outputs, invocation, { isStreamed: args['no-stream'] !== true });
      return ending.done?.exit_code ?? 1;
    } finally {
      off();
    }
  },
});

/** A session that has a warm agent need not be looked up: its host, which runs the turn, knows it. */
async function askKnownHost(
  selector: string,
  request: WarmRequest,
  invocation: Invocation,
  stop: StopRequest,
): Promise<AsyncIterable<TurnOutput[]> | undefined> {
  const { paths } = invocation;
  if (!/^[0-9a-f]{8}$/.test(selector) || !existsSync(paths.warmInfo(selector))) return undefined;
  const { askForTurn } = await import('../turns/warm.ts');
  const taken = await askForTurn(paths, selector, request, {
    stop,
    notice: (sentence) => invocation.notice(sentence),
    services: async () => await invocation.services((await invocation.select(selector, 'write')).root),
  });
  return taken?.outputs;
}

/** Sends, or what was asked in its place, which prints by itself and has no records. */
async function send(
  args: { session: string; 'dry-run'?: boolean | undefined; detach?: boolean | undefined },
  message: string,
  flags: RequestFlags,
  invocation: Invocation,
  stop: StopRequest,
): Promise<AsyncIterable<TurnOutput[]> | undefined> {
  const access = args['dry-run'] === true ? 'read' : 'write';
  const session = await selectForSend(args.session, invocation, access);
  const services = await invocation.services(session.root, access);
  const request = completeRequest(message, flags, services.settings, session);
  if (args['dry-run'] === true) return await dryRun(services, session, request, invocation);
  if (args.detach === true) return await detach(services, session, request, flags, invocation);
  if (isForWarmAgent(request)) {
    const { sendWarm } = await import('../turns/warm.ts');
    return (await sendWarm(services, session, { message, flags, env: services.env }, stop)).outputs;
  }
  if (args.session !== '@new') noticeLeftOut(session.root, services);
  const { sendTurn } = await import('../turns/send.ts');
  return sendTurn(services, session, request, stop);
}

async function detach(
  services: Services,
  session: Session,
  request: SendRequest,
  flags: RequestFlags,
  { printer }: Invocation,
): Promise<undefined> {
  const { detachTurn } = await import('../turns/detach.ts');
  const turn = await detachTurn(services, session, request, flags);
  const reference = { session_id: session.id, turn_id: turn.id, status: turn.status };
  await printer.record(reference, `${turn.id}\n`);
}

async function dryRun(
  services: Services,
  session: Session,
  request: SendRequest,
  { printer }: Invocation,
): Promise<undefined> {
  const { describeTurn } = await import('../turns/dry-run.ts');
  const { renderDryRun } = await import('../output/dry-run.ts');
  const plan = await describeTurn(services, session, request);
  await printer.record(plan, renderDryRun(plan));
}

/** `@new` makes a session on the spot, with everything as the settings have it. */
async function selectForSend(
  selector: string,
  invocation: Invocation,
  access: 'read' | 'write',
): Promise<Session> {
  if (selector !== '@new') return await invocation.select(selector, access);
  if (access === 'read') throw new SessionError('USAGE', '--dry-run needs a session that exists, not @new.');
  const { createFromArgs } = await import('./new.ts');
  return await createFromArgs({}, invocation);
}

/** Finds out now whether the file can be written, and not when the answer has been paid for. */
function openRecord(path: string): string {
  try {
    closeSync(openSync(path, 'w', 0o600));
    return path;
  } catch (error) {
    throw new SessionError('USAGE', `${path} can't be written (${systemCode(error) ?? String(error)}).`, {
      cause: error,
    });
  }
}
