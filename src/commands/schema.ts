import { defineCommand } from './define.ts';

export const command = defineCommand({
  positionals: {},
  options: {},
  examples: [["session schema | jq '.$defs.done'", 'the last record of a turn']],
  async run(_args, invocation) {
    const { buildJsonSchema } = await import('../model/schema.ts');
    const indent = invocation.format === 'ndjson' ? 0 : 2;
    await invocation.writer.write(`${JSON.stringify(buildJsonSchema(), null, indent)}\n`);
  },
});
