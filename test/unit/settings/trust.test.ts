import { chmodSync, chownSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeRoot } from '../../../src/settings/trust.ts';
import { describeOthers } from '../../../src/system/ownership.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { arrange } from './support.ts';

/** A root, with a directory above and below it and a link to it. */
function makeRoot(): { top: string; root: string } {
  const top = temporaryDirectory();
  const root = path.join(top, 'root');
  mkdirSync(path.join(root, 'below'), { recursive: true });
  symlinkSync(root, path.join(top, 'link'));
  return { top, root };
}

describe('a root', () => {
  it.each([
    ['named', ['root'], true],
    ['named through a link', ['link'], true],
    ['named among others', ['nowhere', 'root'], true],
    ['not named', [], false],
    ['above one that is named', ['root/below'], false],
    ['below one that is named', ['.'], false],
    ['with a name that begins alike', ['root/belo', 'roots'], false],
  ])('%s', (_what, named, isTrusted) => {
    const { top, root } = makeRoot();
    const directories = named.map((name) => path.join(top, name));
    expect(judgeRoot(root, directories)).toEqual({ isTrusted, refusal: null });
  });

  it('that others may change is not trusted, though named', () => {
    const { root } = makeRoot();
    chmodSync(root, 0o777);
    expect(judgeRoot(root, [root])).toEqual({ isTrusted: false, refusal: 'may be changed by everyone' });
    chmodSync(root, 0o755);
    expect(judgeRoot(root, [root]).isTrusted).toBe(true);
  });

  it.runIf(process.getuid?.() === 0)('of somebody else is not trusted, though named', () => {
    const { root } = makeRoot();
    chownSync(root, 65_534, 65_534);
    expect(judgeRoot(root, [root]).refusal).toBe('belongs to user 65534, not to you (0)');
  });
});

const self = process.getuid!();

it.each([
  [{ uid: self, gid: self, mode: 0o700 }, undefined],
  [{ uid: self, gid: 4321, mode: 0o755 }, undefined],
  [{ uid: 0, gid: 0, mode: 0o755 }, undefined],
  [{ uid: self, gid: self, mode: 0o775 }, undefined],
  [{ uid: self, gid: 4321, mode: 0o775 }, /group 4321/],
  [{ uid: self, gid: self, mode: 0o757 }, /everyone/],
  [{ uid: 0, gid: 0, mode: 0o1777 }, /everyone/],
  [{ uid: self + 1, gid: self, mode: 0o700 }, /belongs to user/],
])('who else can change %j', (facts, said) => {
  if (said === undefined) expect(describeOthers(facts)).toBeUndefined();
  else expect(describeOthers(facts)).toMatch(said);
});

it('is named by the user and by the variable, together', async () => {
  const place = arrange({ user: { trustedRoots: ['/one'] } });
  const env = { ...place.env, CLAUDE_SESSION_TRUST: `/two:${place.root}:` };
  const { value } = await place.load({ env });
  expect(value.trustedRoots).toEqual(['/two', place.root, '/one']);
  expect(value.project.isTrusted).toBe(true);
  expect((await place.load()).value.project.isTrusted).toBe(false);
});
