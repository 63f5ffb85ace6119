import { listApprovals } from '../library/approvals.ts';
import { defineCommand } from './define.ts';
import { OPTIONAL_SESSION } from './options.ts';

export const command = defineCommand({
  positionals: OPTIONAL_SESSION,
  options: {},
  examples: [
    ['session approvals', 'what waits in all sessions'],
    [`session approvals nightly --json | jq -r '.[].id'`, 'the ids, for "session approve"'],
  ],
  async run(args, invocation) {
    const records = await listApprovals(invocation, args.session);
    await invocation.printer.records(records, async () => {
      const { renderApprovals } = await import('../output/approvals.ts');
      return renderApprovals(records, Date.now());
    });
    if (records.length === 0) invocation.notice('nothing waits for approval');
  },
});
