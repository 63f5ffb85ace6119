import { statSync } from 'node:fs';
import stringWidth from 'string-width';
import { afterEach, describe, expect, it } from 'vitest';
import { PROGRAM, Place } from '../support/run.ts';
import { Terminal } from '../support/terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

/** The lines that a command shows on a terminal of that width. */
async function shown(place: Place, columns: number, ...argv: string[]): Promise<string[]> {
  const words = [process.execPath, PROGRAM, ...argv].map((word) => `'${word}'`).join(' ');
  terminal = new Terminal(`stty cols ${columns} rows 50; ${words}; echo E''ND`, {
    cwd: place.root,
    env: { ...place.env, NO_COLOR: '1' },
  });
  const screen = await terminal.until('END');
  return screen.split(/\r?\n/).slice(0, -1);
}

async function filled(): Promise<{ place: Place; id: string }> {
  const place = new Place();
  const id = await place.newSession('--name', 'a name that is longer than a column', '--pin');
  await place.must('send', id, 'say one');
  return { place, id };
}

describe.each([40, 80])('on a terminal of %d columns', (columns) => {
  it('list, search and stats are tables that fit', async () => {
    const { place, id } = await filled();
    for (const argv of [
      ['list'],
      ['stats'],
      ['stats', '--by', 'session'],
      ['search', 'one'],
      ['config', 'list'],
    ]) {
      const lines = await shown(place, columns, ...argv);
      expect(lines.length, argv.join(' ')).toBeGreaterThan(1);
      for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    }
    const [headers, row] = await shown(place, columns, 'list');
    expect(headers).toMatch(columns === 40 ? /^ID +NAME +ACTIVE$/ : /^ID +NAME +STATE .*ACTIVE +ROOT$/);
    expect(row).toContain(id);
    const [sums] = await shown(place, columns, 'stats');
    expect(sums).toMatch(columns === 40 ? /^DAY +TURNS .*COST$/ : /^DAY +TURNS +FAILED .*TIME +COST$/);
  });

  it('doctor breaks what it says between words, and loses none', async () => {
    const { place } = await filled();
    const lines = await shown(place, columns, 'doctor');
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    const said = lines.join('').replaceAll(' ', '');
    for (const { name, detail } of JSON.parse((await place.run(['doctor', '--json'])).stdout) as {
      name: string;
      detail: string;
    }[])
      // Some tell a time that it took.
      if (!/\d ms/.test(detail)) expect(said).toContain((name + detail).replaceAll(' ', ''));
  });

  it('a command that is missing is told with the help', async () => {
    const place = new Place();
    const lines = await shown(place, columns);
    for (const line of lines) expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
    expect(lines).toContain('Basics:');
    expect(() => statSync(place.home)).toThrow('ENOENT');
    const alone = await place.run([]);
    expect([alone.code, alone.stdout, alone.stderr]).toEqual([
      2,
      '',
      expect.stringContaining('No command given.'),
    ]);
  });
});
