import { resolve } from 'node:path';
import { resolveRoot } from '../sessions/directories.ts';
import type { Check } from '../sessions/doctor/check.ts';
import { defineCommand } from './define.ts';
import { root } from './options.ts';

export const command = defineCommand({
  positionals: {},
  options: { root: root('Directory whose settings and MCP servers to check (default: the current one)') },
  examples: [[`session doctor --json | jq -r '.[] | select(.status != "ok").name'`, 'what is not in order']],
  async run(args, { io, paths, printer }) {
    const { runChecks } = await import('../sessions/doctor/run.ts');
    const checked = resolveRoot(resolve(io.cwd, args.root ?? '.'));
    let isSound = true;
    const checks = async function* (): AsyncGenerator<Check> {
      for await (const check of runChecks({ paths, env: io.env, root: checked, self: io.self })) {
        if (check.status === 'fail') isSound = false;
        yield check;
      }
    };
    await printer.records(checks(), async (style) => {
      const { renderChecks } = await import('../output/doctor.ts');
      return renderChecks(checks(), style);
    });
    return isSound ? 0 : 1;
  },
});
