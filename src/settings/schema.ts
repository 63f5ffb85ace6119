/** The shape of config.json and `.session.json`, built from the table of keys. Costs an import of valibot: load it when there is a file to judge. */
import * as v from 'valibot';
import { DURATION_HINT, isDuration } from './durations.ts';
import { KEYS } from './keys.ts';
import type { KeySpec } from './kinds.ts';
import { mcpServer } from './mcp-server.ts';
import { SIZE_HINT, isSize } from './sizes.ts';
import { growTree } from './value.ts';

export type { Settings } from './value.ts';

type AnySchema = v.GenericSchema;

const text = v.pipe(v.string(), v.nonEmpty('must not be empty'), v.maxLength(1_000_000, 'is too long'));
const SERVER_NAME = /^[^\s/\\]([^\n/\\]{0,62}[^\s/\\])?$/;

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function valueSchema(spec: KeySpec, server: AnySchema): AnySchema {
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
      return v.pipe(v.string(), v.check(isDuration, `is no duration. ${DURATION_HINT.slice(0, -1)}`));
    case 'size':
      return v.pipe(v.string(), v.check(isSize, `is no size. ${SIZE_HINT.slice(0, -1)}`));
    case 'list':
      return v.array(text);
    case 'patterns':
      return v.array(v.pipe(text, v.check(compiles, 'is no regular expression')));
    case 'command':
      return v.union(
        [text, v.pipe(v.array(text), v.minLength(1))],
        'must be a program, or a list of one and its arguments',
      );
    case 'servers':
      return v.record(v.pipe(v.string(), v.regex(SERVER_NAME, 'is no name for a server')), server);
  }
}

/** The strict schema of a settings file; `server` lets the JSON Schema spell the forms of a server out. */
export function buildSettingsSchema(server: AnySchema = mcpServer): AnySchema {
  const leaves = Object.entries<KeySpec>(KEYS).map(
    ([key, spec]) => [key, v.optional(v.pipe(valueSchema(spec, server), v.description(spec.about)))] as const,
  );
  return strict(growTree(leaves));
}

function strict(tree: Record<string, unknown>): AnySchema {
  const entries = Object.entries(tree).map(([name, node]) => {
    const isLeaf = 'kind' in (node as object);
    return [name, isLeaf ? node : v.optional(strict(node as Record<string, unknown>))];
  });
  return v.strictObject(Object.fromEntries(entries) as v.ObjectEntries);
}
