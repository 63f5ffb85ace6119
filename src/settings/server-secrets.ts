const MASK = '***';

/** MCP servers for the eye: values of `env` and `headers` that are no `${VAR}` reference could be secrets. */
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
