import type { CheckRecord } from '../model/records.ts';
import { defineCommand } from './define.ts';
import { root } from './options.ts';

export const command = defineCommand({
  positionals: {},
  options: { root: root('Directory whose settings and MCP servers to check (default: the current one)') },
  examples: [[`session doctor --json | jq -r '.[] | select(.status != "ok").name'`, 'what is not in order']],
  async run(args, invocation) {
    const { openChecks } = await import('../library/doctor.ts');
    let isSound = true;
    const checks = async function* (): AsyncGenerator<CheckRecord> {
      for await (const check of openChecks(invocation, args.root)) {
        if (check.status === 'fail') isSound = false;
        yield check;
      }
    };
    await invocation.printer.records(checks(), async (style) => {
      const { renderChecks } = await import('../output/doctor.ts');
      return renderChecks(checks(), style);
    });
    return isSound ? 0 : 1;
  },
});
