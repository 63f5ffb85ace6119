import { defineConfig } from 'vitest/config';
import versions from '../../src/agents/claude/tested-versions.json' with { type: 'json' };

/** Runs the whole suite once on each tested version, whose number is the name of its project. */
// eslint-disable-next-line import/no-default-export -- Vitest reads the default export.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: Object.values(versions).map((version) => ({
      test: {
        name: version,
        root: 'test/claude',
        include: ['**/*.test.ts'],
        testTimeout: 300_000,
        hookTimeout: 120_000,
        env: { TESTED_CLAUDE: version },
      },
    })),
  },
});
