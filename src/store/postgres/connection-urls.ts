/** What libpq tries for a mode that leaves open whether the connection is encrypted. */
const TRIED: Readonly<Record<string, readonly string[]>> = {
  allow: ['disable', 'require'],
  prefer: ['require', 'disable'],
};

/**
 * The URLs to try, one after the other, so that `sslmode` and PGSSLMODE mean what they mean to psql; the driver gives them
 * other meanings. A URL that says so itself (`uselibpqcompat`) stays as it is, and without a mode there is no TLS.
 */
export function connectionUrls(url: string, env: Readonly<Record<string, string | undefined>>): string[] {
  const parsed = new URL(url);
  const mode = parsed.searchParams.get('sslmode') ?? env['PGSSLMODE'];
  if (!mode || parsed.searchParams.has('uselibpqcompat')) return [parsed.href];
  parsed.searchParams.set('uselibpqcompat', 'true');
  return (TRIED[mode] ?? [mode]).map((each) => {
    parsed.searchParams.set('sslmode', each);
    return parsed.href;
  });
}
