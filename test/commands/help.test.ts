import { beforeEach, describe, expect, it } from 'vitest';
import { VERBS } from '../../src/cli.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

let place: Workplace;
beforeEach(() => {
  place = makeWorkplace();
});

const names = VERBS.map(([usage]) => usage.split(' ')[0]!);

describe('help', () => {
  it('is --help', async () => {
    expect(await place.run(['help'])).toEqual(await place.run(['--help']));
    for (const name of names) {
      const { status, stdout, stderr } = await place.run(['help', name]);
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`session ${name === 'help' ? '' : name}`);
      if (name !== 'help') expect(stdout).toBe((await place.run([name, '--help'])).stdout);
    }
  });

  it('has every command in its group', async () => {
    const { stdout } = await place.run(['help']);
    const titles = stdout.split('\n').filter((line) => /^\S.*:$/.test(line));
    expect(titles).toEqual(['Basics:', 'Turns:', 'Sessions:', 'Data:', 'Setup:', 'Common options:']);
    const listed = [...stdout.matchAll(/^ {2}session ([a-z]+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(names);
    const [basics] = /Basics:[^]*?\n\n/.exec(stdout)!;
    for (const name of ['new', 'send', 'mode', 'history', 'gc']) expect(basics).toContain(`session ${name} `);
  });

  it('of a command has its own options before those of all', async () => {
    const { stdout } = await place.run(['help', 'set']);
    const at = ['Positionals:', 'Options:', '--untag', 'Common options:', '--output', 'Examples:'];
    const found = at.map((text) => stdout.indexOf(text));
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect(found).not.toContain(-1);
  });

  it.each([
    [['help', 'frk'], 'There is no command "frk". Did you mean fork?'],
    [['frk', '--help'], 'There is no command "frk". Did you mean fork?'],
    [['help', 'rename'], 'There is no command "rename"; use: session set ID --name NAME.'],
  ])('%j is a usage error in one sentence', async (argv, said) => {
    const { status, stdout, stderr } = await place.run(argv);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr.split('\n')).toEqual([`session: ${said}`, 'See "session --help".', '']);
  });

  it('is a word like any other in a message', async () => {
    const id = (await place.run(['new'])).stdout.trim();
    const { status, stdout } = await place.run(['send', id, 'help']);
    expect(stdout).not.toContain('Positionals');
    expect(status).toBe(0);
    await place.run(['send', id, 'say', 'help']);
    const history = JSON.parse((await place.run(['history', id, '--json'])).stdout) as { content: string }[];
    expect(history.map(({ content }) => content)).toEqual(['help', expect.anything(), 'say help', 'help']);
  });
});
