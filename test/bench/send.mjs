import { bareCommand, CLAUDE_VERSIONS, fresh, openClaude } from './claude.mjs';
import { interleave } from './measure.mjs';
import { ask, session } from './place.mjs';
import { compare } from './result.mjs';

/** The highest ratios of a turn, of its first byte and of a warm turn, on the oldest claude and on the newest. */
const TARGETS = [
  { cold: 1.1, firstByte: 1.05, warm: 0.18 },
  { cold: 1.3, firstByte: 1.25, warm: 0.25 },
];

/** Turns on each version of claude that is tested. */
export async function measureSends(options) {
  const tables = [];
  for (const [at, version] of CLAUDE_VERSIONS.entries())
    tables.push(...(await measureSend(version, TARGETS[at], options)));
  return tables;
}

/** A turn through the real claude with an instant provider: cold and warm, against claude itself with the same flags. */
async function measureSend(version, target, { rounds }) {
  const claude = await openClaude(version);
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
  const targets = (most) => ({
    'session send, first turn': most.cold,
    'session send, a later turn': most.cold,
    'session send --warm': most.warm,
  });
  const whole = targets(target);
  const firstByte = targets({ cold: target.firstByte, warm: target.warm });
  const bytes = times
    .filter(({ name }) => !name.includes('without'))
    .map((row) => ({ name: row.name, median: row.firstByte }));
  const title = (what) => `${what}, claude ${version}`;
  return [
    { title: title('A first turn'), rows: compare(times.slice(0, 2), first.name, whole) },
    { title: title('A later turn'), rows: compare(times.slice(2), again.name, whole) },
    { title: title('First byte of a first turn'), rows: compare(bytes.slice(0, 2), first.name, firstByte) },
    { title: title('First byte of a later turn'), rows: compare(bytes.slice(2), again.name, firstByte) },
  ];
}
