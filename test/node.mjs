// Runs the end-to-end tests on each supported version of Node except the current one. Arguments are passed to Vitest.
import { spawnSync } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installApart } from './support/install-apart.mjs';

const VERSIONS = ['22.23.3', '24.21.0', '26.10.0'];

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const [...filters] = process.argv.slice(2);

for (const version of VERSIONS) {
  const installed = installApart(`node-${version}`, `node-${process.platform}-${process.arch}`, version);
  const node = join(installed, 'bin', 'node');
  console.log(`\nNode ${version}`);
  const { status } = spawnSync(
    node,
    [vitest, 'run', '-c', 'test/vitest.config.mts', ...(filters.length > 0 ? filters : ['e2e'])],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      env: { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) },
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exitCode = 1;
}
