import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { renderMan } from '../../../.dev/docs/man.ts';
import { title, verbatim } from '../../../.dev/docs/roff.ts';
import { VERBS } from '../../../src/cli.ts';
import { EXIT_STATUS } from '../../../src/errors.ts';
import { isInstalled } from '../../support/installed.ts';

/** The text of a page, and what groff warns of. */
function format(page: string, { skip }: TestContext): { text: string; warnings: string } {
  skip(!isInstalled('groff'), 'groff is not installed');
  const { stdout, stderr } = spawnSync('groff', ['-man', '-ww', '-Tutf8', '-P-cbou', '-rLL=200n'], {
    input: page,
    encoding: 'utf8',
  });
  return { text: stdout, warnings: stderr };
}

it('is a page that groff has nothing to say about', async (context) => {
  const { text, warnings } = format(await renderMan('1.2.3'), context);
  expect(warnings).toBe('');
  expect(text).toContain('claude-session 1.2.3');
});

it('has every command with all it takes, and every exit status', async (context) => {
  const { text } = format(await renderMan('1.2.3'), context);
  const sections = new Map(
    text.split(/^(?= {0,3}\S)/m).map((part) => [part.split('\n')[0]!.trim(), part] as const),
  );
  for (const [usage, , load] of VERBS) {
    const { command } = await load();
    const section = sections.get(`session ${usage}`);
    for (const name of Object.keys(command.options)) expect(section, usage).toMatch(`--${name}`);
    for (const name of Object.keys(command.positionals))
      expect(section, usage).toMatch(new RegExp(`^ +${name}\\b`, 'm'));
    for (const [example] of command.examples ?? []) expect(section).toContain(example);
  }
  for (const status of Object.values(EXIT_STATUS))
    expect(sections.get('EXIT STATUS')).toMatch(new RegExp(`^ +${status} .*\\.$`, 'm'));
});

it('prints every character as it is', (context) => {
  const lines = [
    String.raw`.SH "no" 'quoted' \fBnot bold\fR \n`,
    `'a --flag ~/file ^ \`id\` “…” é € 🙂 "$(x)"`,
  ];
  const { text, warnings } = format(`${title('x', 'x')}\n.SH X\n${verbatim(lines.join('\n'))}\n`, context);
  expect(warnings).toBe('');
  expect(text.split('\n').map((line) => line.trim())).toEqual(expect.arrayContaining(lines));
});
