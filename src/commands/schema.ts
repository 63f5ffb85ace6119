import { defineCommand } from './define.ts';

export const command = defineCommand({
  positionals: {},
  options: {},
  examples: [["session schema | jq '.$defs.done'", 'the last record of a turn']],
  async run(_args, invocation) {
    const { buildJsonSchema } = await import('../model/schema.ts');
    const schema = buildJsonSchema();
    await invocation.printer.record(schema, `${JSON.stringify(schema, null, 2)}\n`);
  },
});
