import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findWarmHost } from '../../../../src/agents/process/warm-info.ts';
import { selfOwner } from '../../../../src/system/owner.ts';
import { deadOwner, ELSEWHERE } from '../../../support/settling.ts';
import { makeScratch } from '../../../support/turn-log.ts';

test('a warm host is one that is known to live, as is its agent', async () => {
  const path = join(makeScratch(), 'warm.json');
  const find = (hostOwner: string, agentOwner?: string) => {
    writeFileSync(path, JSON.stringify({ hostOwner, agentOwner, socketPath: '/s', logPath: '/l' }));
    return findWarmHost(path);
  };
  expect(findWarmHost(path)).toBeUndefined();
  expect(find(selfOwner())).toMatchObject({ hostOwner: selfOwner(), socketPath: '/s' });
  expect(find(selfOwner(), selfOwner())).toBeDefined();
  for (const owner of [ELSEWHERE, await deadOwner()]) {
    expect(find(owner)).toBeUndefined();
    expect(find(selfOwner(), owner)).toBeUndefined();
  }
});
