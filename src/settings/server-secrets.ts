const MASK = '***';

/** Masks MCP servers for display: values of `env` and `headers` that are not `${VAR}` references could be secrets. */
export function maskServerSecrets(node: unknown, isSecret = false): unknown {
  if (typeof node === 'string') return isSecret && !/^\$\{\w+(:-[^}]*)?\}$/.test(node) ? MASK : node;
  if (Array.isArray(node)) return node.map((each) => maskServerSecrets(each, isSecret));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      maskServerSecrets(value, isSecret || key === 'env' || key === 'headers'),
    ]),
  );
}
