import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAttachments } from '../../../src/context/attachments.ts';
import { makePipe, makeRoot } from '../../support/study-tree.ts';

const MAX_BYTES = 1024 * 1024;

describe('context files', () => {
  it('are kept as they are now', async () => {
    const root = makeRoot({ 'a.md': '\uFEFFähnlich\r\n', 'b.md': '' });
    const paths = [join(root, 'a.md'), join(root, 'b.md')];
    expect(await readAttachments(paths, MAX_BYTES)).toEqual([
      { path: paths[0], content: 'ähnlich\r\n' },
      { path: paths[1], content: '' },
    ]);
  });

  it('are refused, in a sentence that names them', async () => {
    const root = makeRoot({ big: 'x'.repeat(1024 * 1024 + 1), nul: 'a\0b' });
    makePipe(join(root, 'pipe'));
    writeFileSync(join(root, 'latin1'), Buffer.from([0x61, 0xe4, 0x62]));
    const refused: [string, string][] = [
      ['nosuch', 'does not exist'],
      ['.', 'is a folder'],
      ['big', 'larger than 1 MB'],
      ['pipe', 'is a named pipe'],
      ['nul', 'not text in UTF-8'],
      ['latin1', 'not text in UTF-8'],
    ];
    for (const [name, words] of refused) {
      const path = join(root, name);
      await expect(readAttachments([path], MAX_BYTES)).rejects.toMatchObject({
        code: 'CONTEXT_INVALID',
        message: expect.stringContaining(words) as string,
      });
      await expect(readAttachments([path], MAX_BYTES)).rejects.toThrow(path);
    }
    await expect(readAttachments(['/dev/zero'], MAX_BYTES)).rejects.toThrow('is a device');
    await expect(
      readAttachments(
        Array.from({ length: 51 }, () => 'x'),
        MAX_BYTES,
      ),
    ).rejects.toThrow('too many');
  });
});
