import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import { isFields } from '../studies/config-fields.ts';
import { decodeText, FileRefused } from '../system/read-bounded.ts';
import { readGiven } from '../system/read-pipe.ts';

/** The limit of a schema. The agent gets it as one argument of a program, whose size systems limit. */
const MAX_BYTES = 64 * 1024;

/**
 * Reads the schema of `--schema`, given as JSON or as a file. Throws USAGE when it is not a JSON object, or too long.
 */
export async function readSchema(given: string, cwd: string): Promise<Record<string, unknown>> {
  const isJson = given.trimStart().startsWith('{');
  const where = isJson ? 'The schema' : `The schema ${given}`;
  if (Buffer.byteLength(given) > MAX_BYTES)
    throw new SessionError('USAGE', `The schema has more than ${MAX_BYTES} bytes.`);
  const schema = parse(isJson ? given : await readFile(resolve(cwd, given), where), where);
  if (!isFields(schema)) throw new SessionError('USAGE', `${where} is not a JSON object.`);
  return schema;
}

async function readFile(path: string, where: string): Promise<string> {
  try {
    return decodeText(await readGiven(path, MAX_BYTES));
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw new SessionError('USAGE', `${where} ${error.message}.`, { cause: error });
  }
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SessionError('USAGE', `${where} is not valid JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
