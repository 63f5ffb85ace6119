type Environment = Record<string, string | undefined>;

/** Fills in `${VAR}` and `${VAR:-default}` wherever text stands, as claude does; an unknown `${VAR}` stays as it is. */
export function expandReferences<T>(value: T, env: Environment): T {
  if (typeof value === 'string') return expandText(value, env) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => expandReferences(item, env)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandReferences(item, env)]),
  ) as T;
}

function expandText(text: string, env: Environment): string {
  return text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (reference, name: string, fallback?: string) => {
      return env[name] ?? fallback ?? reference;
    },
  );
}
