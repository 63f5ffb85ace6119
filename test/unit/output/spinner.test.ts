import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { Terminal } from '../../support/terminal.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

/** Shows a spinner for a while on a real terminal of that width, and returns all that was on it. */
async function show(columns: number): Promise<string> {
  const directory = temporaryDirectory();
  const program = buildSync({
    stdin: {
      contents: `import { startSpinner } from './spinner.ts';
        const spinner = startSpinner('working', { io: { stderr: process.stderr, env: {} }, isQuiet: false });
        setTimeout(() => spinner.print('a line'), 1500);
        setTimeout(() => { spinner.stop(); console.log('over'); }, 1800);`,
      resolveDir: path.resolve(import.meta.dirname, '../../../src/output'),
    },
    bundle: true,
    platform: 'node',
    write: false,
    define: { 'import.meta.url': '"file:///spinner.cjs"' },
  }).outputFiles[0]!.contents;
  writeFileSync(path.join(directory, 'spinner.cjs'), program);
  const command = `sh -c 'stty cols ${columns}; exec ${process.execPath} spinner.cjs'`;
  const terminal = new Terminal(command, { cwd: directory, env: {} });
  onTestFinished(() => terminal.close());
  return await terminal.until('over');
}

it('turns on a terminal, prints lines above itself, and is gone in the end', async () => {
  const shown = await show(80);
  expect(shown).toContain('working');
  expect(shown).toMatch(/a line\r\n/);
  expect(shown.slice(shown.lastIndexOf('working'))).toContain('\u001B[0K');
});

it('stays away from a terminal that reports no width, where it would never end', async () => {
  const shown = await show(0);
  expect(shown).toBe('a line\r\nover');
});
