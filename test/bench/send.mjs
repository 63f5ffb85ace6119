import { bareCommand, fresh, openClaude } from './claude.mjs';
import { interleave } from './measure.mjs';
import { ask, session } from './place.mjs';
import { compare } from './result.mjs';

/** A turn through the real claude with an instant provider: cold and warm, against claude itself with the same flags. */
export async function measureSend({ rounds }) {
  const claude = await openClaude();
  const { env, root } = claude;
  const create = () => ask(env, 'new', '--root', root);
  const place = { env, cwd: root };
  const [long, warm] = [create(), create()];
  let next = create();
  const bare = bareCommand(claude, long);
  const alone = bareCommand(claude, long, ['--mcp-config']);
  ask(env, 'send', long, 'hello');
  ask(env, 'send', warm, 'hello', '--warm');
  const resumed = fresh();
  const first = { name: 'claude -p', command: [], ...place, input: 'hello' };
  const again = {
    name: 'claude -p --resume',
    command: bare(['--resume', resumed[1]]),
    ...place,
    input: 'hello',
  };
  const cold = { name: 'session send, first turn', command: [], ...place };
  const cases = [
    { ...first, before: () => (cases[0].command = bare(fresh())) },
    { ...cold, before: () => (next = create()) && (cases[1].command = session('send', next, 'hello')) },
    again,
    { name: 'session send, a later turn', command: session('send', long, 'hello'), ...place },
    {
      ...again,
      name: 'claude -p --resume, without any MCP server',
      command: alone(['--resume', resumed[1]]),
    },
    { name: 'session send --warm', command: session('send', warm, 'hello', '--warm'), ...place },
  ];
  await interleave([{ ...first, command: bare(resumed) }], 0).catch(() => {});
  const times = await interleave(cases, rounds);
  ask(env, 'stop', '--all');
  claude.close();
  const targets = { 'session send, first turn': 1.08 };
  const later = { 'session send, a later turn': 1.08, 'session send --warm': 0.25 };
  const bytes = times
    .filter(({ name }) => !name.includes('without'))
    .map((row) => ({ name: row.name, median: row.firstByte }));
  return [
    { title: 'A first turn', rows: compare(times.slice(0, 2), first.name, targets) },
    { title: 'A later turn', rows: compare(times.slice(2), again.name, later) },
    { title: 'First byte of a first turn', rows: compare(bytes.slice(0, 2), first.name) },
    {
      title: 'First byte of a later turn',
      rows: compare(bytes.slice(2), again.name, { 'session send --warm': 0.25 }),
    },
  ];
}
