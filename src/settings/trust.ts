/**
 * Trust in a checkout. A root is trusted when its user named exactly this directory, in `trustedRoots` or in
 * CLAUDE_SESSION_TRUST, and nobody else can change it. As with git's safe.directory, this does not include directories
 * below it.
 */
import { realpathSync } from 'node:fs';
import { describeOthersOf } from '../system/ownership.ts';
import { variableName } from './environment.ts';
import { KEYS } from './keys.ts';
import { environmentLayer, fileLayer } from './layers.ts';
import type { Environment, Paths } from './paths.ts';

export interface Trust {
  isTrusted: boolean;
  /** Why a root is not trusted though it was named. */
  refusal: string | null;
}

export const UNTRUSTED: Trust = { isTrusted: false, refusal: null };

/** Whether a root, as `resolveRoot` returns it, is trusted. */
export function judgeRoot(root: string, trustedRoots: readonly string[]): Trust {
  if (!trustedRoots.some((directory) => followLinks(directory) === root)) return UNTRUSTED;
  const refusal = describeOthersOf(root) ?? null;
  return { isTrusted: refusal === null, refusal };
}

export interface NamedRoot extends Trust {
  root: string;
  /** The variable or file that names it. */
  source: string;
}

/** Lists every directory that was named as trusted, with links resolved where it exists. Throws SETTINGS_INVALID. */
export async function listTrustedRoots(env: Environment, paths: Paths): Promise<NamedRoot[]> {
  const layers = [environmentLayer(env), await fileLayer('user', paths.config, env)];
  return layers.flatMap((layer) => {
    const named = (layer?.written.get('trustedRoots') ?? []) as string[];
    const source = layer?.source ?? variableName(KEYS.trustedRoots)!;
    return named.map((directory) => {
      const root = followLinks(directory);
      if (root === undefined) return { isTrusted: false, refusal: 'is not there', root: directory, source };
      return { ...judgeRoot(root, [root]), root, source };
    });
  });
}

/** Resolves the links in the path of a directory; undefined when it does not exist. */
export function followLinks(directory: string): string | undefined {
  try {
    return realpathSync(directory);
  } catch {
    return undefined;
  }
}
