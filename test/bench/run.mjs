// Measures the product against what else there is: node test/bench/run.mjs [--quick] [--only PART[,PART]] [--rounds N] [--out FILE]
// Prints tables as they are done, and writes all of them to test/bench/results.json, from which test/bench/README.md has its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureLibraryOfClaude } from './library-claude.mjs';
import { measureLibrary } from './library.mjs';
import { measurePeers } from './peers-list.mjs';
import { measureParallels } from './parallel.mjs';
import { TOP } from './place.mjs';
import { measureRelay } from './relay.mjs';
import { renderTable } from './result.mjs';
import { measureSends } from './send.mjs';
import { measureFlatness, measureStartUp } from './start-up.mjs';
import { measureSharedStore } from './shared-store.mjs';
import { measureStorage } from './storage.mjs';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    out: { type: 'string', default: join(TOP, 'test/bench/results.json') },
  },
});
const { quick } = values;
const rounds = (full) => Number(values.rounds ?? (quick ? Math.ceil(full / 4) : full));
const large = quick ? [1000, 10] : [100_000, 10];

/** Each part of the bench; a part gives one table or several. */
const PARTS = {
  'start-up': () => measureStartUp({ rounds: rounds(21) }),
  flat: () => measureFlatness({ rounds: rounds(21), largest: large }),
  storage: () =>
    measureStorage({
      rounds: rounds(21),
      sizes: quick
        ? [
            [1, 0],
            [1000, 10],
          ]
        : [[1, 0], [1000, 10], large],
    }),
  shared: () => measureSharedStore({ rounds: rounds(15), clients: quick ? 8 : 64 }),
  send: () => measureSends({ rounds: rounds(15) }),
  relay: () => measureRelay({ rounds: rounds(5), megabytes: quick ? 10 : 100 }),
  library: () => measureLibrary({ counts: quick ? [1, 8] : [1, 8, 64], turns: quick ? 5 : 20 }),
  'library-claude': () =>
    measureLibraryOfClaude({ counts: quick ? [1, 8] : [1, 8, 64], turns: quick ? 5 : 20 }),
  peers: () =>
    measurePeers({ rounds: rounds(9), sessions: quick ? 100 : 1000, collected: quick ? 1000 : 100_000 }),
  parallel: () => measureParallels({ count: quick ? 4 : 32, rounds: quick ? 1 : 3 }),
};

const asked = values.only?.split(',') ?? Object.keys(PARTS);
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${process.platform} ${process.arch}`;
const results = {
  at: new Date().toISOString(),
  machine,
  node: process.version,
  parts: {},
  ...(values.only !== undefined && readResults()),
};
for (const name of asked) {
  const load = loadavg()[0].toFixed(1);
  const tables = [await PARTS[name]()].flat();
  // One part alone may be measured elsewhere.
  if (machine !== results.machine) for (const table of tables) table.title += `, on ${machine}`;
  results.parts[name] = { load, isQuick: quick, tables };
  process.stdout.write(`${renderTable(tables)}\n\n`);
  writeFileSync(values.out, `${JSON.stringify(results, null, 2)}\n`);
}

function readResults() {
  try {
    return JSON.parse(readFileSync(values.out, 'utf8'));
  } catch {
    return {};
  }
}
