import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeOnly } from '../support/machines.ts';
import { createDatabase, query, startPostgres } from '../support/postgres.ts';

const timeout = 60_000;

/** Whether the connection of the last command was encrypted; how it ended where there was none. */
async function isEncrypted(url: string, mode: string, env: Record<string, string> = {}) {
  const place = makeOnly(url + mode);
  Object.assign(place.env, env);
  const { code, stderr } = await place.run('new', '--name', `at${Date.now()}`);
  if (code !== 0) return stderr;
  const [row] = await query<{ ssl: boolean }>(url, 'SELECT ssl FROM seen ORDER BY at DESC LIMIT 1');
  return row!.ssl;
}

/** Notes how whoever adds a session is connected. */
const WATCH = `CREATE TABLE seen (at TIMESTAMPTZ DEFAULT clock_timestamp(), ssl BOOLEAN);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO seen (ssl) SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid(); RETURN NULL; END $$;
  CREATE TRIGGER note AFTER INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION note();`;

async function makeWatched(server: string): Promise<string> {
  const url = await createDatabase(server);
  expect(await makeOnly(url).run('store', 'migrate')).toMatchObject({ code: 0 });
  await query(url, WATCH);
  return url;
}

test('sslmode is what it is to psql, where the server has no TLS', { timeout }, async () => {
  const url = await makeWatched(process.env['TEST_POSTGRES']!);
  for (const mode of ['disable', 'allow', 'prefer'])
    expect(await isEncrypted(url, `?sslmode=${mode}`), mode).toBe(false);
  expect(await isEncrypted(url, '', { PGSSLMODE: 'prefer' })).toBe(false);
  for (const mode of ['require', 'verify-full'])
    expect(await isEncrypted(url, `?sslmode=${mode}`), mode).toMatch(/SSL/);
});

test('sslmode is what it is to psql, where the server has TLS', { timeout }, async () => {
  const server = await startPostgres({ tls: true });
  onTestFinished(() => server.stop());
  const url = await makeWatched(server.url);
  for (const [mode, expected] of [
    ['disable', false],
    ['allow', false],
    ['prefer', true],
    ['require', true],
  ] as const)
    expect(await isEncrypted(url, `?sslmode=${mode}`), mode).toBe(expected);
  expect(await isEncrypted(url, '')).toBe(false);
  expect(await isEncrypted(url, '', { PGSSLMODE: 'require' })).toBe(true);
  // Nobody that is known has signed it, and it is for another name.
  expect(await isEncrypted(url, '?sslmode=verify-full')).toMatch(/certificate/);
  const known = `&sslrootcert=${path.join(server.data, 'server.crt')}`;
  chmodSync(server.data, 0o755);
  expect(await isEncrypted(url, `?sslmode=verify-ca${known}`)).toBe(true);
  expect(await isEncrypted(url, `?sslmode=verify-full${known}`)).toMatch(/certificate|altnames/);
});

test('after store migrate a user is enough that may read and write the tables', { timeout }, async () => {
  const server = process.env['TEST_POSTGRES']!;
  const url = await createDatabase(server);
  const role = `role_${process.pid}`;
  await query(server, `CREATE ROLE ${role} LOGIN`);
  const name = new URL(url).pathname.slice(1);
  onTestFinished(async () => {
    await query(server, `DROP DATABASE ${name} WITH (FORCE)`);
    await query(server, `DROP ROLE ${role}`);
  });
  await query(url, 'REVOKE ALL ON SCHEMA public FROM public');
  const few = makeOnly(url.replace('tester', role));
  const early = await few.run('new');
  expect(early.code).toBe(9);
  expect(early.stderr).toContain('store migrate');
  expect(await makeOnly(url).run('store', 'migrate')).toMatchObject({ code: 0 });
  await query(
    url,
    `GRANT USAGE ON SCHEMA public TO ${role};
     GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role};`,
  );
  for (const words of [
    ['new', '--name', 'few'],
    ['send', 'few', 'say hello\nbash true'],
    ['history', 'few'],
    ['search', 'hello'],
    ['set', 'few', '--tag', 'a=b'],
    ['fork', 'few'],
    ['store', 'status'],
    ['gc', '--max-age', '1d'],
    ['rm', 'few', '--purge', '--force'],
  ])
    expect(await few.run(...words), words.join(' ')).toMatchObject({ code: 0 });
});

test(
  'the password comes from PGPASSFILE, PGPASSWORD or the URL, and is never shown',
  { timeout },
  async () => {
    const server = await startPostgres({
      hba: 'host all keyed all scram-sha-256\nhost all all all trust\n',
    });
    onTestFinished(() => server.stop());
    const url = await createDatabase(server.url);
    await query(url, `CREATE ROLE keyed LOGIN SUPERUSER PASSWORD 'geheim'`);
    const keyed = url.replace('tester', 'keyed');
    const { port } = new URL(url);
    const run = async (given: string, env: Record<string, string>) => {
      const place = makeOnly(given);
      Object.assign(place.env, env);
      const file = path.join(place.env['HOME']!, '.pgpass');
      writeFileSync(file, `127.0.0.1:${port}:*:keyed:geheim\n`, { mode: 0o600 });
      const { code, stdout, stderr } = await place.run('store', 'status', '--json');
      expect(stdout + stderr).not.toContain('geheim');
      return code;
    };
    expect(await run(keyed, {})).toBe(0);
    expect(await run(keyed, { PGPASSFILE: '/dev/null' })).toBe(9);
    expect(await run(keyed, { PGPASSFILE: '/dev/null', PGPASSWORD: 'geheim' })).toBe(0);
    expect(await run(keyed, { PGPASSWORD: 'falsch' })).toBe(9);
    expect(await run(keyed.replace('keyed', 'keyed:geheim'), { PGPASSFILE: '/dev/null' })).toBe(0);
  },
);
