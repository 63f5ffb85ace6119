import { describe, expect, it } from 'vitest';
import { makeWorkplace } from '../support/run-command.ts';

describe('a name', () => {
  it('can not be what looks like an id, so an id always means its session', async () => {
    const { run } = makeWorkplace();
    const taken = await run(['new', '--agent', 'mock', '--name', 'deadbeef']);
    expect(taken).toMatchObject({ status: 2, stdout: '' });
    expect(taken.stderr).toContain('looks like the id');
  });

  it('wins over a prefix', async () => {
    const { run } = makeWorkplace();
    const id = (await run(['new', '--agent', 'mock'])).stdout.trim();
    const prefix = id.slice(0, 4);
    const other = (await run(['new', '--agent', 'mock', '--name', prefix])).stdout.trim();
    expect(JSON.parse((await run(['show', prefix, '--json'])).stdout).id).toBe(other);
    expect(JSON.parse((await run(['show', id, '--json'])).stdout).id).toBe(id);
  });

  it('with --if-missing gives no session of another mode than was asked for', async () => {
    const { run } = makeWorkplace();
    await run(['new', '--agent', 'mock', '--name', 'nightly', '--mode', 'power']);
    expect((await run(['new', '--name', 'nightly', '--if-missing'])).status).toBe(0);
    const refused = await run(['new', '--name', 'nightly', '--if-missing', '--mode', 'user']);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toContain('in power mode');
  });

  it.each([
    ['feature/login', 'feature/login'],
    ['dependabot/npm_and_yarn/lodash-4.17.21', 'dependabot/npm_and_yarn/lodash-4.17.21'],
    ['fix/#123+more@home: x', 'fix/#123+more@home: x'],
    ['cafe\u0301', 'caf\u00E9'],
    ['हिन्दी', 'हिन्दी'],
  ])('may be %s', async (given, kept) => {
    const { run } = makeWorkplace();
    await run(['new', '--agent', 'mock', '--name', given]);
    for (const spelling of [given, given.normalize('NFC'), given.normalize('NFD')])
      expect(JSON.parse((await run(['show', spelling, '--json'])).stdout)).toMatchObject({ name: kept });
  });
});
