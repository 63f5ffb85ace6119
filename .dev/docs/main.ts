import type { Benchmark } from './benchmark.ts';
import { benchmark, benchmarkInShort } from './benchmark.ts';
import { fillBlocks } from './blocks.ts';
import { renderHelp } from './help.ts';
import { agentVariables, exitStatuses, mockVerbs, records, settings, settingsByName } from './tables.ts';

/** The new content of every document with generated blocks, by path. */
export async function generate(
  read: (path: string) => string,
  measured: Benchmark,
): Promise<[path: string, content: string][]> {
  const documents: Record<string, Record<string, string>> = {
    'README.md': {
      'exit statuses': exitStatuses(),
      'settings by name': settingsByName(),
      'benchmark in short': benchmarkInShort(measured),
    },
    '.github/REFERENCE.md': {
      commands: await renderHelp(),
      'exit statuses': exitStatuses(),
      records: records(),
      settings: settings(),
      'agent environment': agentVariables(),
      'mock verbs': mockVerbs(),
    },
    'test/bench/README.md': { benchmark: benchmark(measured) },
  };
  return Object.entries(documents).map(([path, blocks]) => [path, fillBlocks(path, read(path), blocks)]);
}
