import { toJsonSchemaDefs } from '@valibot/to-json-schema';
import { RECORDS } from './records.ts';
import { SCHEMA_VERSION } from './schema-version.ts';

const TURN_RECORDS = ['start', 'text', 'discard', 'tool_call', 'tool_result', 'status', 'error', 'done'];

/**
 * Builds one JSON Schema document with each record below `$defs`. As a whole it matches any line of `send --ndjson`.
 */
export function buildJsonSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Records of session',
    description: `Version ${SCHEMA_VERSION}. Fields may be added; readers ignore those they do not know.`,
    oneOf: TURN_RECORDS.map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: toJsonSchemaDefs(RECORDS, { target: 'draft-2020-12', ignoreActions: [] }),
  };
}
