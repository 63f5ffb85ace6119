import { defineConfig } from 'vitest/config';

/** Runs the store contract and tests of commands on a real PostgreSQL server, which is started here. */
// eslint-disable-next-line import/no-default-export -- Vitest reads the default export.
export default defineConfig({
  test: {
    root: 'test',
    include: [
      '{store-contract,postgres}/**/*.test.ts',
      'commands/{approvals,daily-limit,fork,gc,history,limits,organise,redact,search,select,send,set,stats,transfer,transfer-order,transfer-transcripts,trash}.test.ts',
    ],
    globalSetup: './support/postgres-server.ts',
    env: { TEST_STORE: 'postgres' },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
