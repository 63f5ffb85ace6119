import { expect, it } from 'vitest';
import { Place } from '../support/run.ts';

it('works from a session to its end without a word on stderr', async () => {
  const place = new Place();
  const run = async (...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await place.run(argv);
    expect({ argv, code, stderr }).toEqual({ argv, code: 0, stderr: '' });
    return stdout;
  };
  const id = (await run('new', '--name', 'smoke')).trim();
  expect(await run('send', 'smoke', 'say one')).toBe('one\n');
  expect(await run('send', 'smoke', 'say two', '--warm')).toBe('two\n');
  const records = await run('send', 'smoke', 'call session list_studies', '--warm', '--ndjson');
  expect(JSON.parse(records.split('\n')[0]!)).toMatchObject({ type: 'start', continuity: 'warm' });
  expect(records).toContain('no studies');
  await run('stop', id, '-q');
  expect(JSON.parse(await run('history', id, '--json'))).toHaveLength(6);
  expect(JSON.parse(await run('list', '--json'))).toHaveLength(1);
  expect(JSON.parse(await run('gc', '--dry-run', '--json'))).toMatchObject({
    type: 'gc',
    trashed: { sessions: 0 },
  });
  await run('rm', id, '-q');
  await run('gc', '-q');
  await place.expectNothingLeft();
});
