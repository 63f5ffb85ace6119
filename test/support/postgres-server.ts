import { startPostgres } from './postgres.ts';

/** Before all tests on PostgreSQL: starts the server whose URL is in TEST_POSTGRES. Resolves to how to stop it. */
export async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env['TEST_POSTGRES'] = server.url;
  return () => server.stop();
}
