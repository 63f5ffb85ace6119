import { SessionError } from '../errors.ts';
import { addTrust, listTrusted, removeTrust } from '../library/trust.ts';
import { oneLine } from '../text/safe-text.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { flag } from './options.ts';

export const command = defineCommand({
  positionals: {
    directory: {
      type: 'string',
      completes: 'directories',
      describe: 'A root; those below it are not included (default: the current directory)',
    },
  },
  options: {
    list: flag('Print the roots that are trusted'),
    remove: flag('Stop trusting it'),
  },
  examples: [
    ['session trust', 'let the MCP servers, Claude settings and hooks of this checkout run'],
    ['CLAUDE_SESSION_TRUST="$PWD" session new', 'in CI, for this command alone'],
  ],
  async run({ directory, list, remove }, invocation) {
    if (list === true) {
      if (directory !== undefined || remove === true)
        throw new SessionError('USAGE', 'trust --list takes nothing else.');
      return await printList(invocation);
    }
    const change = remove === true ? removeTrust : addTrust;
    return await invocation.printer.record(await change(invocation, directory));
  },
});

async function printList(invocation: Invocation): Promise<void> {
  const named = await listTrusted(invocation);
  const lines = named.map(
    ({ root, refusal }) => `${oneLine(root)}${refusal === null ? '' : ` (not trusted: it ${refusal})`}\n`,
  );
  await invocation.printer.records(named, lines);
}
