import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { mcpServerForms } from '../model/mcp-server.ts';
import { buildSettingsSchema } from './schema.ts';

/** The JSON Schema of config.json and `.session.json`, for `session config schema` and editors. */
export function buildSettingsJsonSchema(): object {
  const server = v.union([mcpServerForms.local, mcpServerForms.remote]);
  return {
    title: 'Settings of session',
    ...toJsonSchema(buildSettingsSchema({ server, object: (schema) => schema }), {
      target: 'draft-2020-12',
      ignoreActions: ['check'],
    }),
  };
}
