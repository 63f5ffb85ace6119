import { resolve } from 'node:path';
import { resolveRoot } from '../sessions/directories.ts';
import { SessionError } from '../errors.ts';
import type { TrustRecord } from '../model/records.ts';
import { changeTrustedRoots } from '../settings/edit.ts';
import { followLinks, listTrustedRoots } from '../settings/trust.ts';
import { describeOthersOf } from '../system/ownership.ts';
import { oneLine } from '../text/safe-text.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { flag } from './options.ts';

export const command = defineCommand({
  positionals: {
    directory: {
      type: 'string',
      completes: 'directories',
      describe: 'A root, without those below it (default: the current directory)',
    },
  },
  options: {
    list: flag('Print the roots that are trusted'),
    remove: flag('Trust it no longer'),
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
    const written = resolve(invocation.io.cwd, directory ?? '.');
    const root =
      remove === true ? await removeTrust(invocation, written) : await addTrust(invocation, written);
    return await invocation.printer.record(() => describeRoot(invocation, root));
  },
});

/** Trusts a root from now on, and says so. Throws USAGE when somebody else could change it. */
export async function addTrust(invocation: Invocation, directory: string): Promise<string> {
  const root = resolveRoot(directory);
  const others = describeOthersOf(root);
  if (others !== undefined)
    throw new SessionError('USAGE', `${root} ${others}, so it can't be trusted.`, {
      hint: `Make it yours alone: chown "$(id -u)" '${root}'; chmod go-w '${root}'`,
    });
  await changeTrustedRoots(invocation.paths, 'add', root);
  invocation.notice(`${root} is trusted`);
  return root;
}

/** The directory may be gone, or be written as it was when it was trusted. */
async function removeTrust(invocation: Invocation, directory: string): Promise<string> {
  const root = followLinks(directory) ?? directory;
  const wasThere = await changeTrustedRoots(invocation.paths, 'remove', root);
  invocation.notice(wasThere ? `${root} is not trusted any more` : `${root} was not trusted`);
  const { source, is_trusted } = await describeRoot(invocation, root);
  if (is_trusted) invocation.notice(`but ${source} still names it`);
  return root;
}

async function describeRoot(invocation: Invocation, root: string): Promise<TrustRecord> {
  const named = await listNamed(invocation);
  return named.find((each) => each.root === root) ?? { root, is_trusted: false, source: null, refusal: null };
}

async function listNamed({ io, paths }: Invocation): Promise<TrustRecord[]> {
  const named = await listTrustedRoots(io.env, paths);
  return named.map(({ root, isTrusted, source, refusal }) => ({
    root,
    is_trusted: isTrusted,
    source,
    refusal,
  }));
}

async function printList(invocation: Invocation): Promise<void> {
  const named = await listNamed(invocation);
  const lines = named.map(
    ({ root, refusal }) => `${oneLine(root)}${refusal === null ? '' : ` (not trusted: it ${refusal})`}\n`,
  );
  await invocation.printer.records(named, lines);
}
