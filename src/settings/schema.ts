/**
 * The schema of config.json and `.session.json`, built from the table of keys. It imports valibot, so load it only when
 * there is a file to check.
 */
import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { DURATION_HINT, isDuration } from './durations.ts';
import { KEYS } from './keys.ts';
import type { KeySpec } from './kinds.ts';
import { mcpServer } from '../model/mcp-server.ts';
import { isProgram } from './paths.ts';
import { SIZE_HINT, isSize } from './sizes.ts';
import { growTree } from './value.ts';

export type { Settings } from './value.ts';

type AnySchema = v.GenericSchema;

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(1_000_000, 'is too long'));
const COMMAND = 'must be a program, or a list of one and its arguments';
const program = v.pipe(text, v.check(isProgram, 'must be a name or an absolute path'));
const SERVER_NAME = /^[^\s/\\]([^\n/\\]{0,62}[^\s/\\])?$/;

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function valueSchema(spec: KeySpec, { server, object }: Parts): AnySchema {
  switch (spec.kind) {
    case 'choice':
      return v.picklist(spec.choices);
    case 'text':
    case 'path':
      return text;
    case 'flag':
      return v.boolean();
    case 'count':
      return v.pipe(
        v.number(),
        v.integer('must be a whole number'),
        v.minValue(spec.min),
        v.maxValue(spec.max),
      );
    case 'money':
      return v.pipe(v.number(), v.gtValue(0, 'must be more than 0'), v.maxValue(1e9));
    case 'duration':
      return v.pipe(
        v.string(),
        v.check((words) => isDuration(words), `is not a duration. ${DURATION_HINT.slice(0, -1)}`),
        v.check((words) => isDuration(words, spec.isPositive), 'must be more than 0'),
      );
    case 'size':
      return v.pipe(v.string(), v.check(isSize, `is not a size. ${SIZE_HINT.slice(0, -1)}`));
    case 'list':
      return v.array(text);
    case 'patterns':
      return v.array(v.pipe(text, v.check(compiles, 'is not a regular expression')));
    case 'command':
      return v.union(
        [
          program,
          v.pipe(
            v.array(text),
            v.minLength(1, COMMAND),
            v.check(([first]) => isProgram(first!), 'must begin with a name or an absolute path'),
          ),
        ],
        COMMAND,
      );
    case 'directories':
      return v.array(
        v.pipe(
          text,
          v.check((it) => isAbsolute(it), 'must be an absolute path'),
        ),
      );
    case 'servers':
      return object(
        v.record(v.pipe(v.string(), v.regex(SERVER_NAME, 'is not a valid name for a server')), server),
      );
  }
}

/** The parts that differ between validation and the JSON Schema. */
interface Parts {
  server: AnySchema;
  /** Makes a schema of objects refuse lists, which valibot accepts as objects. */
  object(schema: AnySchema): AnySchema;
}

const VALIDATION: Parts = {
  server: mcpServer,
  object: (schema) =>
    v.lazy((input) => (Array.isArray(input) ? v.never('must be an object, not a list') : schema)),
};

/** The strict schema of a settings file. */
export function buildSettingsSchema(parts: Parts = VALIDATION): AnySchema {
  const leaves = Object.entries<KeySpec>(KEYS).map(
    ([key, spec]) => [key, v.optional(v.pipe(valueSchema(spec, parts), v.description(spec.about)))] as const,
  );
  return strict(growTree(leaves), parts);
}

function strict(tree: Record<string, unknown>, parts: Parts): AnySchema {
  const entries = Object.entries(tree).map(([name, node]) => {
    const isLeaf = 'kind' in (node as object);
    return [name, isLeaf ? node : v.optional(strict(node as Record<string, unknown>, parts))];
  });
  return parts.object(v.strictObject(Object.fromEntries(entries) as v.ObjectEntries));
}
