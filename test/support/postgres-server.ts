import { startPostgres } from './postgres.ts';

/**
 * Runs before all tests on PostgreSQL. Starts the server and sets TEST_POSTGRES to its URL. Resolves to a function that
 * stops it.
 */
export async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.env['TEST_POSTGRES'] = server.url;
  return () => server.stop();
}
