import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { PROGRAM, Place } from '../support/run.ts';
import { Terminal } from '../support/terminal.ts';

let terminal: Terminal | undefined;
afterEach(() => terminal?.close());

/** All that a shell command shows on a terminal, with its moves of the cursor; `session` is the program. */
async function shown(place: Place, columns: number, command: string, env = {}): Promise<string> {
  const session = `'${process.execPath}' '${PROGRAM}'`;
  const line = `stty cols ${columns} rows 30; ${command.replaceAll('session ', `${session} `)}; echo E''ND`;
  terminal = new Terminal(line, { cwd: place.root, env: { ...place.env, ...env } });
  return (await terminal.until('END')).slice(0, -'END'.length);
}

/** The texts that stood on the moving line, in order, each once. Who moves the cursor to the left begins the line anew. */
function moving(screen: string): string[] {
  const lines = stripVTControlCharacters(screen.replaceAll('\u001B[1G', '\r'));
  const texts = [...lines.matchAll(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] ([^⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏\r\n]*)/gu)].map(([, text]) => text!);
  return texts.filter((text, n) => text !== texts[n - 1]);
}

describe.each([40, 80])('on a terminal of %d columns', (columns) => {
  it('a turn tells what the agent does and for how long, between texts and during tools', async () => {
    const place = new Place();
    const id = await place.newSession('--mode', 'power');
    const screen = await shown(
      place,
      columns,
      `session send ${id} 'sleep 1s\nsay Before.\nbash sleep 3.2; true ${'x'.repeat(60)}\nsay After.'`,
    );
    const texts = moving(screen);
    // An agent that starts at once is never waited for.
    expect(texts[0]).toMatch(/^(?:waiting for the agent|mock is answering)$/);
    expect(texts).toContain('mock is answering');
    expect(texts.join('\n')).toMatch(/^Bash sleep 3\.2; true x+…$[^]*^Bash sleep 3\.2; true x+…, 2s$/m);
    for (const text of texts) expect(text.length).toBeLessThanOrEqual(columns - 3);
    const lines = stripVTControlCharacters(screen).split('\r\n');
    expect(lines.slice(-3)).toEqual(['After.', expect.stringMatching(/^\d+m?s, \$0\.\d{4}$/), '']);
  });

  it('the last line names what was denied', async () => {
    const place = new Place();
    const id = await place.newSession();
    const screen = await shown(place, columns, `session send ${id} 'bash touch x\nsay Refused.'`);
    expect(screen).toMatch(/\d+m?s, \$0\.\d{4}, denied: Bash/);
  });
});

it('records that another program reads leave the line to the activity', async () => {
  const place = new Place();
  const id = await place.newSession('--mode', 'power');
  const screen = await shown(place, 80, `session send ${id} 'bash sleep 2.2\nsay x' --ndjson | cat >records`);
  expect(moving(screen).join('\n')).toMatch(/^Bash sleep 2\.2, 1s$/m);
});

it.each([
  ['records on the terminal itself', '--ndjson', {}],
  ['-q', '-q', {}],
  ['CI', '', { CI: '1' }],
  ['a terminal that can do nothing', '', { TERM: 'dumb' }],
])('%s: nothing moves, and no line about the turn', async (_, flag, env) => {
  const place = new Place();
  const id = await place.newSession('--mode', 'power');
  const screen = await shown(place, 80, `session send ${id} 'bash sleep 1\nsay x' ${flag}`, env);
  expect(moving(screen)).toEqual([]);
  expect(screen).not.toMatch(/\d+m?s, \$/);
});

it('without colour there is none', async () => {
  const place = new Place();
  const id = await place.newSession('--mode', 'power');
  const screen = await shown(place, 80, `session send ${id} 'bash sleep 1\nsay x'`, { NO_COLOR: '1' });
  expect(moving(screen)).toContain('Bash sleep 1');
  expect(screen.replaceAll('\u001B[?2026', '')).not.toMatch(/\[\d+(;\d+)*m/);
});
