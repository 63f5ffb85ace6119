import { beforeEach, describe, expect, test } from 'vitest';
import { makeFleet, mayUnshare } from '../support/machines.ts';
import { hasPgbouncer, startPgbouncer } from '../support/pgbouncer.ts';
import { createDatabase, query } from '../support/postgres.ts';

describe.runIf(hasPgbouncer() && mayUnshare())(
  'behind pgbouncer in transaction mode (its package, and root)',
  () => {
    let fleet: Awaited<ReturnType<typeof makeFleet>>;
    beforeEach(async () => {
      const direct = await createDatabase(process.env['TEST_POSTGRES']!);
      fleet = await makeFleet(['here', 'there'], await startPgbouncer(direct));
      return async () => expect(await query(direct, 'SELECT name FROM pg_prepared_statements')).toEqual([]);
    });

    test('a store is set up by many at once, and 16 turns of two machines go in order', async () => {
      const { machines } = fleet;
      const both = <T>(work: (machine: (typeof machines)[number], n: number) => Promise<T>, times: number) =>
        Promise.all(Array.from({ length: times }, (_, n) => work(machines[n % 2]!, n)));
      const made = await both((machine) => machine.run('new', '--name', 'shared', '--if-missing'), 6);
      expect(new Set(made.map(({ stdout }) => stdout)).size).toBe(1);
      const sent = await both((machine, n) => machine.run('send', 'shared', `say answer ${n}`), 16);
      expect(sent.map(({ code, stdout }) => [code, stdout])).toEqual(
        Array.from({ length: 16 }, (_, n) => [0, `answer ${n}\n`]),
      );
      const { stdout } = await machines[1]!.run('history', 'shared', '--json');
      const said = (JSON.parse(stdout) as { role: string; content: string }[]).map(({ content }) => content);
      expect(said).toHaveLength(32);
      for (let n = 0; n < 32; n += 2) expect(`say ${said[n + 1]!.trim()}`).toBe(said[n]);
    });

    test('what other commands do works too', async () => {
      const [here, there] = fleet.machines;
      expect(await here!.run('store', 'migrate')).toMatchObject({ code: 0 });
      await here!.run('new', '--name', 'other');
      await here!.run('send', 'other', 'say some words');
      for (const words of [
        ['search', 'words'],
        ['set', 'other', '--tag', 'a=b'],
        ['fork', 'other', '--name', 'copy'],
        ['stats'],
        ['list'],
        ['gc', '--dry-run'],
        ['rm', 'other'],
        ['restore', 'other'],
        ['store', 'status'],
      ])
        expect(await there!.run(...words), words.join(' ')).toMatchObject({ code: 0 });
    });
  },
);
