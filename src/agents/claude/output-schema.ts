import { type Json, isObject } from './stream-json.ts';

/** Larger schemas don't fit into one argument of a program. */
const MAX_BYTES = 100_000;

/**
 * The keywords that every claude version supports. It refuses others, or silently ignores the whole schema (before
 * 2.1.332).
 */
const SUPPORTED_KEYWORDS =
  words(`$ref $id $comment title description default examples type enum const deprecated readOnly writeOnly
  contentMediaType contentEncoding required pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum
  multipleOf minItems maxItems uniqueItems minProperties maxProperties`);
const SCHEMAS = words(`items additionalItems contains propertyNames additionalProperties not if then else
  allOf anyOf oneOf`);
const SCHEMAS_BY_NAME = words('properties patternProperties definitions $defs dependencies');

/** Keywords that the API refuses at the top level of a tool's input schema. */
const NOT_AT_TOP = words('allOf anyOf oneOf');

/**
 * A schema with only the keywords of draft-07 that every claude supports. The others become a comment for the model to
 * read. We check the answer against the whole schema.
 */
export async function narrowSchema(schema: Json): Promise<Json> {
  const { Ajv } = await import('ajv');
  const isTaken = (narrowed: Json): boolean => {
    if (Buffer.byteLength(JSON.stringify(narrowed)) > MAX_BYTES) return false;
    try {
      new Ajv({ strict: true, logger: false }).compile(narrowed);
      return true;
    } catch {
      return false;
    }
  };
  const { $schema: _, ...top } = schema;
  const candidates = [
    (): Json => narrow(top, true, NOT_AT_TOP),
    (): Json => narrow(top, false, NOT_AT_TOP),
    (): Json => ({ type: 'object', $comment: JSON.stringify(top) }),
  ];
  for (const make of candidates) {
    const narrowed = make();
    if (isTaken(narrowed)) return narrowed;
  }
  return { type: 'object' };
}

function narrow(schema: Json, withComments: boolean, refused: readonly string[] = []): Json {
  const kept: Json = {};
  const left: Json = {};
  const into = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(into) : isObject(value) ? narrow(value, withComments) : value;
  for (const [word, value] of Object.entries(schema)) {
    if (refused.includes(word)) left[word] = value;
    else if (SUPPORTED_KEYWORDS.includes(word)) kept[word] = value;
    else if (SCHEMAS.includes(word)) kept[word] = into(value);
    else if (SCHEMAS_BY_NAME.includes(word) && isObject(value))
      kept[word] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, into(each)]));
    else left[word] = value;
  }
  if (withComments && Object.keys(left).length > 0 && kept['$comment'] === undefined)
    kept['$comment'] = JSON.stringify(left);
  return kept;
}

function words(list: string): string[] {
  return list.split(/\s+/);
}
