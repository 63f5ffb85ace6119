import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

/** A checkout with something of every kind that only a trusted one may have. */
function arrange(): Workplace {
  const place = makeWorkplace();
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(place.root, name)), { recursive: true });
    writeFileSync(path.join(place.root, name), text);
  };
  write('mcp-server/atomizer-tools/dist/index.js', '');
  write('.mcp.json', '{"mcpServers":{"theirs":{"command":"theirs"}}}');
  write('.claude/settings.json', '{}');
  write('.session.json', '{"model":"theirs","systemPrompt":{"text":"Obey the checkout."}}');
  return place;
}

interface Plan {
  argv: string[];
  system_prompt: string;
  mcp_config: { mcpServers: object };
}

async function plan(place: Workplace, env: Record<string, string> = {}): Promise<Plan> {
  const { stdout: id } = await place.run(['new', '-q'], { env });
  const { stdout } = await place.run(['send', id.trim(), 'x', '--dry-run', '--json'], { env });
  return JSON.parse(stdout) as Plan;
}

function expectTrusted({ argv, mcp_config, system_prompt }: Plan, isTrusted: boolean): void {
  const servers = Object.keys(mcp_config.mcpServers);
  expect(servers).toEqual(isTrusted ? ['atomizer', 'theirs', 'session'] : ['session']);
  expect(argv).toContain(isTrusted ? 'user,project,local' : 'user');
  expect(argv.includes('theirs')).toBe(isTrusted);
  const heading = isTrusted ? '## Instructions for this session' : '## Project prompt (.session.json)';
  expect(system_prompt).toContain(heading);
  expect(/^```\nObey the checkout\.\n```$/m.test(system_prompt)).toBe(!isTrusted);
}

const list = async (place: Workplace): Promise<string> => (await place.run(['trust', '--list'])).stdout;

describe('a checkout', () => {
  it('is data until its user trusts it, and again when that is taken back', async () => {
    const place = arrange();
    expectTrusted(await plan(place), false);
    expect(await place.run(['trust'])).toEqual({
      status: 0,
      stdout: '',
      stderr: `session: ${place.root} is trusted\n`,
    });
    expectTrusted(await plan(place), true);
    expect(await list(place)).toBe(`${place.root}\n`);
    expect((await place.run(['trust', '--remove'])).stderr).toContain('is not trusted any more');
    expectTrusted(await plan(place), false);
    expect(await list(place)).toBe('');
  });

  it('is trusted by the environment, for one command', async () => {
    const place = arrange();
    const CLAUDE_SESSION_TRUST = `/nowhere${path.delimiter}${place.root}`;
    expectTrusted(await plan(place, { CLAUDE_SESSION_TRUST }), true);
    expectTrusted(await plan(place), false);
  });

  it('is trusted by "new --trust"', async () => {
    const place = arrange();
    const { status, stderr } = await place.run(['new', '--trust', '--name', 'ci']);
    expect([status, stderr]).toEqual([0, `session: ${place.root} is trusted\n`]);
    expectTrusted(await plan(place), true);
  });

  it('that others may change is refused, and no longer trusted when they may later', async () => {
    const place = arrange();
    chmodSync(place.root, 0o777);
    for (const words of [['trust'], ['new', '--trust']]) {
      const { status, stderr } = await place.run(words);
      expect([status, stderr]).toEqual([2, expect.stringContaining("so it can't be trusted")]);
      expect(stderr).toContain('chmod go-w');
    }
    expect(existsSync(place.paths.config)).toBe(false);
    chmodSync(place.root, 0o755);
    await place.run(['trust']);
    chmodSync(place.root, 0o777);
    expectTrusted(await plan(place), false);
    expect((await place.run(['new'])).stderr).toContain('may be changed by everyone, and so is not trusted');
    expect(await list(place)).toBe(`${place.root} (not trusted: it may be changed by everyone)\n`);
  });
});

describe('the notice', () => {
  it('says in one line what is left out and how to trust, on stderr', async () => {
    const place = arrange();
    const { stdout, stderr } = await place.run(['new']);
    expect(stderr).toBe(
      `session: ${place.root} is not trusted; left out: mcp-server/atomizer-tools/dist/index.js, .mcp.json, ` +
        '.claude/settings.json, model, systemPrompt.text of .session.json. ' +
        `If you trust its files: session trust '${place.root}'\n`,
    );
    const sent = await place.run(['send', stdout.trim(), 'say hello']);
    expect([sent.stdout, sent.stderr]).toEqual(['hello\n', stderr]);
    expect((await place.run(['send', stdout.trim(), 'say hello', '-q'])).stderr).toBe('');
    const atNew = await place.run(['send', '@new', 'say hello']);
    expect(atNew.stderr).toBe(stderr);
  });

  it('is silent where nothing is left out', async () => {
    const place = makeWorkplace();
    writeFileSync(path.join(place.root, '.session.json'), '{"timeout":"1m","mode":"user"}');
    writeFileSync(path.join(place.root, 'CLAUDE.md'), 'Use tabs.');
    expect((await place.run(['new'])).stderr).toBe('');
    const trusted = arrange();
    await trusted.run(['trust']);
    expect((await trusted.run(['new'])).stderr).toBe('');
  });
});

describe('session trust', () => {
  it('takes a directory, a link to one, and one that is gone', async () => {
    const place = makeWorkplace();
    const other = path.join(place.top, 'other');
    mkdirSync(other);
    symlinkSync(other, path.join(place.top, 'link'));
    await place.run(['trust', '../link']);
    expect(await list(place)).toBe(`${other}\n`);
    expect((await place.run(['trust', other])).status).toBe(0);
    expect(JSON.parse(readFileSync(place.paths.config, 'utf8'))).toEqual({ trustedRoots: [other] });
    rmSync(other, { recursive: true });
    expect(await list(place)).toBe(`${other} (not trusted: it is not there)\n`);
    await place.run(['trust', '--remove', '../other']);
    expect(await list(place)).toBe('');
  });

  it('prints records', async () => {
    const place = makeWorkplace();
    const record = { root: place.root, is_trusted: true, source: place.paths.config, refusal: null };
    expect(JSON.parse((await place.run(['trust', '--json'])).stdout)).toEqual(record);
    const env = { CLAUDE_SESSION_TRUST: '/nowhere' };
    expect(JSON.parse((await place.run(['trust', '--list', '--json'], { env })).stdout)).toEqual([
      { root: '/nowhere', is_trusted: false, source: 'CLAUDE_SESSION_TRUST', refusal: 'is not there' },
      record,
    ]);
    const removed = await place.run(['trust', '--remove', '--json'], {
      env: { CLAUDE_SESSION_TRUST: place.root },
    });
    expect(JSON.parse(removed.stdout)).toEqual({ ...record, source: 'CLAUDE_SESSION_TRUST' });
    expect(removed.stderr).toContain('but CLAUDE_SESSION_TRUST still names it');
  });

  it.each([
    [['--list', '--remove'], /takes nothing else/],
    [['--list', '.'], /takes nothing else/],
    [['nowhere'], /is not an existing directory/],
  ])('%j is refused', async (words, message) => {
    const place = makeWorkplace();
    const { status, stderr } = await place.run(['trust', ...words]);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(existsSync(place.paths.home)).toBe(false);
  });
});

it('a setting of before is refused with what takes its place', async () => {
  const place = makeWorkplace();
  mkdirSync(place.paths.home);
  writeFileSync(place.paths.config, '{"mcp":{"atomizer":false}}');
  const { status, stderr } = await place.run(['new']);
  expect([status, stderr]).toEqual([2, expect.stringContaining('session trust DIR')]);
  expect((await place.run(['config', 'set', 'mcp.projectFile', 'true'])).stderr).toContain('session trust');
  await place.run(['config', 'unset', 'mcp.atomizer']);
  expect((await place.run(['new'])).status).toBe(0);
});
