import { describe, expect, it } from 'vitest';
import { addConversation, withStore } from '../support/conversations.ts';
import { makeWorkplace } from '../support/run-command.ts';
import type { Workplace } from '../support/run-command.ts';

const DAY = 86_400_000;
const NOW = Date.now();

async function place(): Promise<Workplace> {
  const workplace = makeWorkplace();
  const { root } = workplace;
  await withStore(workplace.paths.store, async (store) => {
    await addConversation(store, { id: 'aaaa0001', name: 'bracket', root }, [
      {
        asked: 'Which fillet radius is best?',
        answered: 'A fillet of 12 mm, says the Größenvergleich.',
        at: NOW - 9 * DAY,
      },
      {
        asked: 'And the mesh?',
        answered: `Mesh, mesh, mesh: ${'filler words around it '.repeat(50)}`,
        at: NOW - DAY,
      },
    ]);
    await addConversation(store, { id: 'aaaa0002', name: 'wing', root }, [
      { asked: 'Refine the mesh of the wing', answered: 'Refined. It is fine_tuned now.', at: NOW - 2 * DAY },
    ]);
  });
  return workplace;
}

async function found(workplace: Workplace, ...words: string[]): Promise<number[]> {
  const { status, stdout } = await workplace.run(['search', '--json', ...words]);
  expect(status).toBe(0);
  return (JSON.parse(stdout) as { message_id: number }[]).map(({ message_id }) => message_id);
}

describe('search', () => {
  it('finds messages that hold all the words, whatever their case and accents', async () => {
    const workplace = await place();
    expect(await found(workplace, 'FILLET')).toEqual(expect.arrayContaining([2, 3]));
    expect(await found(workplace, 'fillet radius')).toEqual([2]);
    expect(await found(workplace, 'groszenvergleich')).toEqual([]);
    expect(await found(workplace, 'großenvergleich')).toEqual([3]);
    expect(await found(workplace, 'fil*', 'best')).toEqual([2]);
    expect(await found(workplace, '"fillet of"')).toEqual([3]);
    expect(await found(workplace, '"of fillet"')).toEqual([]);
    expect(await found(workplace, 'fine_tuned')).toEqual([7]);
  });

  it('puts what is most about it first, and the newest first if asked to', async () => {
    const workplace = await place();
    expect((await found(workplace, 'mesh')).toSorted()).toEqual([4, 5, 6]);
    expect((await found(workplace, 'mesh'))[0]).toBe(4);
    expect(await found(workplace, 'mesh', '--newest')).toEqual([6, 5, 4]);
    expect(await found(workplace, 'mesh', '--newest', '--limit', '2')).toEqual([6, 5]);
  });

  it('keeps to a session, a side and a time', async () => {
    const workplace = await place();
    expect((await found(workplace, 'mesh', '--session', 'bracket')).toSorted()).toEqual([4, 5]);
    expect(await found(workplace, 'mesh', '--role', 'assistant')).toEqual([5]);
    expect((await found(workplace, 'mesh', '--since', '36h')).toSorted()).toEqual([4, 5]);
    expect(await found(workplace, 'mesh', '--until', '36h')).toEqual([6]);
    expect((await workplace.run(['search', 'mesh', '--session', 'nope'])).status).toBe(4);
    expect((await workplace.run(['search', 'mesh', '--since', 'soon'])).status).toBe(2);
  });

  it('takes any text for words', async () => {
    const workplace = await place();
    for (const text of [
      '"fillet',
      'fillet"',
      '(fillet',
      "fillet'",
      'fillet;--',
      'session:fillet',
      '^fillet',
      '** fillet',
    ])
      expect(await found(workplace, '--newest', '--', text), text).toEqual(
        text.startsWith('session') ? [] : [3, 2],
      );
    for (const text of ['"', '""', '*', '!!', '🦊', 'a"b*(c) OR "'])
      expect(await found(workplace, '--', text), text).toEqual([]);
    expect(await found(workplace, 'AND')).toEqual([4]);
    expect(await found(workplace, '--', `fillet ${'and so many other words '.repeat(900)}`)).toEqual([]);
  });

  it('wants a word', async () => {
    expect((await makeWorkplace().run(['search'])).status).toBe(2);
    expect((await makeWorkplace().run(['search', ' '])).status).toBe(2);
  });

  it('shows a table, where the words are, and nothing at all for nothing', async () => {
    const workplace = await place();
    const { stdout } = await workplace.run(['search', 'fillet radius']);
    expect(stdout).toMatch(
      /^SESSION\s+NAME\s+MESSAGE\s+ROLE\s+AGE\s+TEXT\naaaa0001 +bracket +2 +user +9d ago +Which fillet radius is best\?\n$/,
    );
    const [hit] = JSON.parse(
      (await workplace.run(['search', 'fillet radius', '--ndjson'])).stdout
        .split('\n', 1)[0]!
        .replace(/^/, '[')
        .concat(']'),
    );
    expect(hit).toMatchObject({
      snippet: 'Which fillet radius is best?',
      matches: [
        [6, 12],
        [13, 19],
      ],
    });
    expect(await workplace.run(['search', 'unicorn'])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect((await workplace.run(['search', 'unicorn', '--json'])).stdout).toBe('[]\n');
    expect(await makeWorkplace().run(['search', 'x', '--json'])).toMatchObject({ status: 0, stdout: '[]\n' });
  });

  it('forgets what is put into the trash, and the words of what was withdrawn', async () => {
    const workplace = await place();
    await workplace.run(['rm', 'wing']);
    expect((await found(workplace, 'mesh')).toSorted()).toEqual([4, 5]);
    await workplace.run(['rm', 'bracket', '--purge']);
    expect(await found(workplace, 'mesh')).toEqual([]);
    await workplace.run(['restore', 'aaaa0002']);
    expect(await found(workplace, 'mesh')).toEqual([6]);
  });
});
