import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startProcess } from '../../../src/system/start-process.ts';

it('starts no two processes in one round of the event loop', async () => {
  let round = 0;
  let isOver = false;
  const count = (): void => {
    round++;
    if (!isOver) setImmediate(count);
  };
  count();
  const started = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const { child } = await startProcess('/bin/true', [], { env: {}, stdio: 'ignore' });
      const startedIn = round;
      await once(child, 'exit');
      return startedIn;
    }),
  );
  isOver = true;
  expect(new Set(started).size).toBe(5);
});
