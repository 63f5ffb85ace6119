import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';
import type * as library from '../../src/index.ts';
import type * as testing from '../../src/testing.ts';
import { expectNoProcess } from '../support/processes.ts';

const require = createRequire(import.meta.url);

/** The library as it is built. */
export const { openSessions, SessionError } = require('../../dist/index.cjs') as typeof library;
export const { openTestSessions } = require('../../dist/testing.cjs') as typeof testing;

/** Sessions of the test's own; nothing of theirs may be left when it ends. */
export async function openForTest(options: library.OpenOptions = {}): Promise<testing.TestSessions> {
  const sessions = await openTestSessions({ env: { PATH: process.env['PATH'] ?? '' }, ...options });
  onTestFinished(async () => {
    await sessions.close();
    await expectNoProcess(sessions.home);
  });
  return sessions;
}

/** All that an iteration gives. */
export async function gather<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of from) all.push(each);
  return all;
}
