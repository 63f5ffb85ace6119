import type { ErrorObject, ValidateFunction } from 'ajv';
import { SessionError } from '../errors.ts';
import type { TurnFailure } from './turn-end.ts';

/** Dialects older than 2019-09, in which a list of `items` has another meaning. */
const OLD_DIALECT = /draft-0[4-7]/;

/**
 * Throws USAGE for an invalid schema, or one that agents don't accept. Their structured answers are the input of a
 * tool, so they must be objects.
 */
export async function requireUsableSchema(schema: Record<string, unknown>): Promise<void> {
  if (schema['type'] !== 'object')
    throw new SessionError('USAGE', 'The schema has to say "type": "object" at its top.', {
      hint: 'Agents answer with an object: make what you want a property of one.',
    });
  try {
    await compile(schema);
  } catch (error) {
    throw new SessionError('USAGE', `The schema can't be used: ${(error as Error).message}.`, {
      hint: 'It is read as JSON Schema 2020-12, or as draft-07 where its "$schema" says so.',
      cause: error,
    });
  }
}

/** Why an answer does not match its schema; undefined when it does. `output` is null without an answer. */
export async function findOutputFailure(
  schema: Record<string, unknown>,
  output: object | null,
): Promise<TurnFailure | undefined> {
  const hint = 'The answer as it was given is in the history.';
  const failure = { status: 'failed', code: 'OUTPUT_INVALID', hint } as const;
  if (output === null)
    return { ...failure, message: 'The agent gave no structured answer, as the schema wants one.' };
  const validate = await compile(schema);
  if (validate(output)) return undefined;
  return {
    ...failure,
    message: `The answer does not fit the schema: ${describe(validate.errors?.[0])}.`,
  };
}

async function compile(schema: Record<string, unknown>): Promise<ValidateFunction> {
  const { Ajv } = await import('ajv');
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { fullFormats } = await import('ajv-formats/dist/formats.js');
  const { $schema: dialect, ...words } = schema;
  const Dialect = typeof dialect === 'string' && OLD_DIALECT.test(dialect) ? Ajv : Ajv2020;
  // Unknown keywords are ignored.
  return new Dialect({ strict: false, logger: false, formats: fullFormats }).compile(words);
}

function describe({ instancePath, message, params }: Partial<ErrorObject> = {}): string {
  const property: unknown = params?.['additionalProperty'] ?? params?.['unevaluatedProperty'];
  const more = property === undefined ? '' : ` (${JSON.stringify(property)})`;
  return `${instancePath || 'the answer'} ${message ?? 'is not valid'}${more}`;
}
