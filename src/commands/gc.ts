import { collect } from '../library/gc.ts';
import { StopRequest } from '../library/stop-request.ts';
import { renderGc, renderGcSession } from '../output/gc.ts';
import { startSpinner } from '../output/spinner.ts';
import { defineCommand } from './define.ts';
import { count, duration, flag, size } from './options.ts';

export const command = defineCommand({
  positionals: {},
  options: {
    'max-age': duration('Move sessions to the trash that were not active for this long (24h)'),
    idle: duration('Stop warm agents that were idle for this long (1h)'),
    'purge-after': duration('Delete sessions that were in the trash for this long (30d)'),
    'keep-last': count('Keep this many sessions of each root', 0),
    'max-size': size('Delete the oldest until the rest holds no more than this, such as 2GiB'),
    'dry-run': flag('Only report what would be done'),
    vacuum: flag('Give the free space of the store back to the system'),
    verbose: flag('Print a report with each session, even to a pipe', { alias: 'v' }),
  },
  examples: [
    ['session gc --dry-run -v', 'what would go, session by session'],
    ['17 3 * * * session gc', 'in a crontab: every night; mails only when it fails'],
  ],
  async run(args, invocation) {
    const isDryRun = args['dry-run'] ?? false;
    const stop = new StopRequest();
    const off = invocation.io.onSignal((signal) => stop.ask(signal));
    const spinner = startSpinner('collecting', invocation);
    const { printer } = invocation;
    const isAsked = isDryRun || args.verbose === true;
    const options = {
      maxAgeMs: args['max-age'],
      idleMs: args.idle,
      purgeAfterMs: args['purge-after'],
      keepLast: args['keep-last'],
      maxBytes: args['max-size'],
      dryRun: isDryRun,
      vacuum: args.vacuum,
    };
    try {
      const record = await collect(invocation, options, {
        stop,
        onProgress: (progress) => spinner.say(progress),
        // Always in NDJSON, otherwise with `--verbose`.
        ...((args.verbose === true || printer.format === 'ndjson') && {
          onTaken: (session) => printer.progress(session, renderGcSession(session)),
        }),
      });
      spinner.stop();
      // Cron mails all output, so text is printed only on request or on a terminal.
      await printer.record(record, ({ isTerminal }) => (isAsked || isTerminal ? renderGc(record) : ''));
    } finally {
      spinner.stop();
      off();
    }
  },
});
