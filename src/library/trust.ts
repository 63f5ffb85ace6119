import { resolve } from 'node:path';
import { SessionError } from '../errors.ts';
import type { TrustRecord } from '../model/records.ts';
import { resolveRoot } from '../sessions/directories.ts';
import { changeTrustedRoots } from '../settings/edit.ts';
import { followLinks, listTrustedRoots } from '../settings/trust.ts';
import { describeOthersOf } from '../system/ownership.ts';
import type { Context } from './context.ts';

/** Trusts a root from now on. Throws USAGE when another user can change it. */
export async function addTrust(context: Context, directory = '.'): Promise<TrustRecord> {
  const root = resolveRoot(resolve(context.place.cwd, directory), 'Name an existing directory.');
  const others = describeOthersOf(root);
  if (others !== undefined)
    throw new SessionError('USAGE', `${root} ${others}, so it can't be trusted.`, {
      hint: `Make it yours alone: chown "$(id -u)" '${root}'; chmod go-w '${root}'`,
    });
  await changeTrustedRoots(context.paths, 'add', root);
  context.notice(`${root} is trusted`);
  return await describeRoot(context, root);
}

/**
 * No longer trusts a root. The directory may not exist any more, or be given by the path under which it was trusted.
 */
export async function removeTrust(context: Context, directory = '.'): Promise<TrustRecord> {
  const written = resolve(context.place.cwd, directory);
  const root = followLinks(written) ?? written;
  const wasThere = await changeTrustedRoots(context.paths, 'remove', root);
  context.notice(wasThere ? `${root} is not trusted any more` : `${root} was not trusted`);
  const record = await describeRoot(context, root);
  if (record.is_trusted) context.notice(`but ${record.source} still names it`);
  return record;
}

/** Every directory that is listed as trusted, and whether it still is. */
export async function listTrusted({ place, paths }: Context): Promise<TrustRecord[]> {
  const named = await listTrustedRoots(place.env, paths);
  return named.map(({ root, isTrusted, source, refusal }) => ({
    root,
    is_trusted: isTrusted,
    source,
    refusal,
  }));
}

async function describeRoot(context: Context, root: string): Promise<TrustRecord> {
  const named = await listTrusted(context);
  return named.find((each) => each.root === root) ?? { root, is_trusted: false, source: null, refusal: null };
}
