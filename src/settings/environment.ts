import path from 'node:path';
import { SessionError } from '../errors.ts';
import { DURATION_HINT, isDuration } from './durations.ts';
import type { KeySpec } from './kinds.ts';
import { isProgram, resolveUserPath } from './paths.ts';
import type { Environment } from './paths.ts';
import { SIZE_HINT, isSize } from './sizes.ts';

const YES = ['1', 'true', 'yes', 'on'];
const NO = ['0', 'false', 'no', 'off'];

/** The environment variable of a setting, if it has one. */
export function variableName(spec: KeySpec): string | undefined {
  return spec.env === undefined ? undefined : `CLAUDE_SESSION_${spec.env}`;
}

/**
 * Reads a setting from text: an environment variable or the value of `config set`. Throws SETTINGS_INVALID that names
 * `source`.
 *
 * Lists are JSON, or are separated by commas outside parentheses, because rules such as `Bash(a, b)` contain commas. A
 * pattern may contain any character, so without JSON the whole text is one pattern.
 */
export function readWords(spec: KeySpec, words: string, source: string, env: Environment): unknown {
  const refuse = (wanted: string): SessionError =>
    new SessionError('SETTINGS_INVALID', `${source}: "${words}" is not ${wanted}.`);
  switch (spec.kind) {
    case 'choice':
      if (spec.choices.includes(words)) return words;
      throw refuse(`one of ${spec.choices.join(', ')}`);
    case 'flag':
      if (YES.includes(words.toLowerCase())) return true;
      if (NO.includes(words.toLowerCase())) return false;
      throw refuse('true or false');
    case 'count':
      if (/^\d{1,15}$/.test(words) && Number(words) >= spec.min && Number(words) <= spec.max)
        return Number(words);
      throw refuse(`a whole number from ${spec.min} to ${spec.max}`);
    case 'money':
      if (/^\d{1,9}(\.\d{1,6})?$/.test(words) && Number(words) > 0) return Number(words);
      throw refuse('an amount of US dollars such as 0.50');
    case 'duration':
      if (isDuration(words, spec.isPositive)) return words;
      throw refuse(`a duration${spec.isPositive ? ' of more than 0' : ''}. ${DURATION_HINT.slice(0, -1)}`);
    case 'size':
      if (isSize(words)) return words;
      throw refuse(`a size. ${SIZE_HINT.slice(0, -1)}`);
    case 'path':
      return resolveUserPath(words, '.', env);
    case 'list':
      return words.startsWith('[') ? readJsonWords(words, refuse) : splitRules(words);
    case 'patterns':
      return words.startsWith('["') ? readJsonWords(words, refuse) : [words];
    case 'command': {
      const command = words.startsWith('[') ? readJsonWords(words, refuse) : words;
      if (isProgram(typeof command === 'string' ? command : command[0]!)) return command;
      throw refuse('a name or an absolute path');
    }
    case 'directories': {
      const directories = words.startsWith('[')
        ? readJsonWords(words, refuse)
        : words.split(path.delimiter).filter((directory) => directory !== '');
      if (directories.every((directory) => path.isAbsolute(directory))) return directories;
      throw refuse('a list of absolute paths, separated as in PATH');
    }
    case 'servers':
      throw refuse('readable as text; give JSON');
    case 'text':
      return words;
  }
}

function readJsonWords(text: string, refuse: (wanted: string) => SessionError): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse('valid JSON');
  }
  if (Array.isArray(parsed) && parsed.length > 0 && parsed.every((word) => typeof word === 'string'))
    return parsed;
  throw refuse('a JSON list of words');
}

function splitRules(text: string): string[] {
  const rules = text.match(/(?:\([^)]*\)?|[^,(])+/g) ?? [];
  return rules.map((rule) => rule.trim()).filter((rule) => rule !== '');
}
