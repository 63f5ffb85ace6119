import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Place, until } from '../support/run.ts';
import type { Ended } from '../support/run.ts';

const WATCHED = ['-r', fileURLToPath(new URL('../support/watch-loop.cjs', import.meta.url))];

/** A place in which nothing may keep a command up that has done its work. */
class Watched extends Place {
  override run(argv: string[], start = {}): Promise<Ended> {
    return super.run(argv, { node: WATCHED, ...start });
  }
}

test('no command outlives its work', async () => {
  const place = new Watched();
  const id = await place.newSession('--name', 'first');
  const other = await place.newSession();
  const exported = `${place.root}/export.jsonl`;
  const commands: string[][] = [
    ['send', id, 'say hello'],
    ['send', id, 'say hello', '--warm'],
    ['send', id, 'say again', '--warm', '--ndjson'],
    ['send', id, 'bash sleep 100 & echo started', '--cold'],
    ['send', id, 'say later', '--detach'],
    ['send', id, 'say later', '--detach', '--warm'],
    ['wait', id],
    ['wait', id, '--timeout', '1h'],
    ['watch', id],
    ['send', id, 'hang', '--timeout', '500ms'],
    ['send', id, 'hang', '--stall-timeout', '500ms'],
    ['send', id, 'fail limit 1s', '--wait-limit', '1m'],
    ['send', id, 'say x', '--dry-run'],
    ['cancel', id],
    ['stop', id],
    ['stop', '--all'],
    ['mode', id, 'power'],
    ['study', id, '--list'],
    ['history', id],
    ['history', id, '--json'],
    ['search', 'hello'],
    ['stats'],
    ['list'],
    ['show', id],
    ['show', id, '--context'],
    ['export', id, '--file', exported],
    ['import', exported],
    ['fork', id],
    ['set', id],
    ['set', id, '--name', 'second'],
    ['set', id, '--tag', 'a=b'],
    ['rm', other],
    ['restore', other],
    ['rm', other, '--purge'],
    ['gc', '--dry-run'],
    ['gc'],
    ['doctor'],
    ['config', 'list'],
    ['store', 'status'],
    ['store', 'backup', `${place.root}/backup.sqlite`],
    ['trust', '--list'],
    ['schema'],
    ['completion', 'bash'],
    ['mcp'],
  ];
  for (const argv of commands) {
    const { code, stderr } = await place.run(argv);
    expect([argv, code === 99, stderr.includes('KEPT UP')]).toEqual([argv, false, false]);
  }
});

test.each(['wait', 'watch'])('%s ends when a turn has ended that it has taken over', async (command) => {
  const place = new Watched();
  for (const flag of ['--cold', '--warm']) {
    const id = await place.newSession();
    const sender = place.start(['send', id, 'say begun\nsleep 2s\nsay ended', flag, '--ndjson']);
    await sender.says('begun');
    const reader = place.run([command, id]);
    await until(async () => (await place.show(id))['state'] === 'running');
    await sender.kill('SIGKILL').ended;
    expect([flag, (await reader).code]).toEqual([flag, 0]);
    await place.must('stop', id);
  }
  await place.expectNothingLeft();
});
