import { renderHelp } from './help.ts';
import { agentVariables, exitStatuses, mockVerbs, records, settings } from './tables.ts';

const BLOCKS: Record<string, () => string | Promise<string>> = {
  commands: renderHelp,
  'exit status': exitStatuses,
  records,
  settings,
  'agent environment': agentVariables,
  'mock verbs': mockVerbs,
};

const BLOCK = /(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)/gs;

/** The README with every block between `<!-- generated: NAME -->` and `<!-- end -->` written anew. */
export async function fillReadme(readme: string): Promise<string> {
  const contents = new Map<string, string>();
  for (const [name, build] of Object.entries(BLOCKS)) contents.set(name, await build());
  const filled = readme.replaceAll(BLOCK, (_block, opening: string, name: string, closing: string) => {
    const content = contents.get(name);
    if (content === undefined) throw new Error(`README.md has a block "${name}", which nothing generates`);
    contents.delete(name);
    return `${opening}\n${content}\n\n${closing}`;
  });
  if (contents.size > 0) throw new Error(`README.md has no block for: ${[...contents.keys()].join(', ')}`);
  return filled;
}
