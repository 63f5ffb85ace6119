import { resolve } from 'node:path';
import { resolveRoot } from '../sessions/create.ts';
import type { Check } from '../sessions/doctor/check.ts';
import { defineCommand } from './define.ts';
import { ROOT_OPTION } from './options.ts';

export const command = defineCommand({
  positionals: {},
  options: {
    root: {
      ...ROOT_OPTION.root,
      describe: 'Directory whose settings and MCP servers to check (default: the current one)',
    },
  },
  examples: [[`session doctor --json | jq -r '.[] | select(.status != "ok").name'`, 'what is not in order']],
  async run(args, { format, io, paths, writer }) {
    const { runChecks } = await import('../sessions/doctor/run.ts');
    const root = resolveRoot(resolve(io.cwd, args.root ?? '.'));
    let isSound = true;
    async function* checks(): AsyncGenerator<Check> {
      for await (const check of runChecks({ paths, env: io.env, root, self: io.self })) {
        if (check.status === 'fail') isSound = false;
        yield check;
      }
    }
    if (format === 'text') {
      const { renderChecks } = await import('../output/doctor.ts');
      await renderChecks(checks(), { writer, io });
    } else {
      const { renderRecords } = await import('../output/list.ts');
      await renderRecords(checks(), format, writer);
    }
    return isSound ? 0 : 1;
  },
});
