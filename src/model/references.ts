type Environment = Record<string, string | undefined>;

const REFERENCE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/**
 * Replaces `${VAR}` and `${VAR:-default}` in all texts of a value, as claude does. An unknown `${VAR}` is left
 * unchanged.
 */
export function expandReferences<T>(value: T, env: Environment): T {
  if (typeof value === 'string') return expandText(value, env) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => expandReferences(item, env)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandReferences(item, env)]),
  ) as T;
}

/** Lists the variables that have neither a value nor a default. Claude passes such a `${VAR}` on unchanged. */
export function findUnset(value: unknown, env: Environment): string[] {
  const found = JSON.stringify(value).matchAll(REFERENCE);
  const unset = Array.from(found, ([, name = '', fallback]) => (fallback === undefined ? name : ''));
  return [...new Set(unset)].filter((name) => name !== '' && env[name] === undefined);
}

function expandText(text: string, env: Environment): string {
  return text.replace(REFERENCE, (reference, name: string, fallback?: string) => {
    return env[name] ?? fallback ?? reference;
  });
}
