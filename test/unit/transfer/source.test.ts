import { expect, it } from 'vitest';
import { openSession } from '../../../src/transfer/source.ts';
import { createRedactor } from '../../../src/turns/redact.ts';
import { withStore } from '../../support/conversations.ts';
import { newSession } from '../../support/store-model.ts';
import { makeScratch } from '../../support/turn-log.ts';

const KEY = `sk-ant-api03-${'aB3x'.repeat(20)}`;

it('everything that a user wrote of a session is masked on its way out, and nothing else', async () => {
  await withStore(`${makeScratch()}/sessions.sqlite`, async (store) => {
    const written = newSession({
      name: `n ${KEY}`,
      systemPrompt: `Use ${KEY}.`,
      attachments: [{ path: 'notes.md', content: `Key: ${KEY}` }],
      tags: { note: KEY, [KEY]: 'as a name', password: 'hunter2', team: 'red' },
    });
    await store.sessions.insert(written);
    const stored = (await store.sessions.find(written.id))!;
    const { session } = await openSession(store, stored, createRedactor({ patterns: null }));
    expect(session).toEqual({
      ...stored,
      name: 'n [redacted]',
      systemPrompt: 'Use [redacted].',
      attachments: [{ path: 'notes.md', content: 'Key: [redacted]' }],
      tags: { note: '[redacted]', '[redacted]': 'as a name', password: '[redacted]', team: 'red' },
    });
    expect((await openSession(store, stored, undefined)).session).toEqual(stored);
  });
});
