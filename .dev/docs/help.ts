import { PassThrough } from 'node:stream';
import { VERBS, run } from '../../src/cli.ts';
import type { Io } from '../../src/io.ts';

/** The output of `session VERB --help` for every verb. */
export async function renderHelp(): Promise<string> {
  const sections = [`\`\`\`text\n${await help()}\n\`\`\``];
  for (const [usage] of VERBS) {
    const name = usage.split(' ')[0]!;
    sections.push(`### ${name}\n\n\`\`\`text\n${await help(name)}\n\`\`\``);
  }
  return sections.join('\n\n');
}

async function help(...verb: string[]): Promise<string> {
  const stdout = Object.assign(new PassThrough(), { columns: 100 });
  let text = '';
  stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  const io: Io = {
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    env: { CLAUDE_SESSION_HOME: '/nonexistent' },
    cwd: '/',
    self: [process.execPath, ''],
    onSignal: () => () => {},
  };
  const status = await run([...verb, '--help'], io);
  if (status !== 0) throw new Error(`session ${verb.join(' ')} --help exits with ${status}`);
  return text.trim();
}
