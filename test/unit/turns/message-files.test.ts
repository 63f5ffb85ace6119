import { expect, it } from 'vitest';
import { checkFiles, toMessageFile } from '../../../src/turns/message-files.ts';
import { pdf, png } from '../../support/sample-files.ts';

it.each([
  ['image/png', png(1, 1)],
  ['image/jpeg', Buffer.from('ffd8ffe0', 'hex')],
  ['image/gif', Buffer.from('GIF89a…')],
  ['image/gif', Buffer.from('GIF87a')],
  ['image/webp', Buffer.from('RIFF\x01\x02\x03\x04WEBPVP8 ', 'latin1')],
  ['application/pdf', pdf()],
  ['text/plain', Buffer.from('GIF88a')],
  ['text/plain', Buffer.from('\ufeffhéllo')],
  ['text/plain', Buffer.from('<svg/>')],
])('is %s by its bytes, whatever its name', (mediaType, bytes) => {
  expect(toMessageFile('x.exe', bytes)).toEqual({
    name: 'x.exe',
    mediaType,
    content: bytes.toString('base64'),
  });
});

it.each([
  ['nothing', Buffer.alloc(0), 'The file x is empty.'],
  [
    'text in another encoding',
    Buffer.from('hé', 'latin1'),
    'is not a PNG, JPEG, GIF, WebP or PDF, and not text',
  ],
  ['text with a zero in it', Buffer.from('a\0b'), 'is not a PNG'],
  ['sound', Buffer.from('RIFF\x01\x02\x03\x04WAVE\xff', 'latin1'), 'is not a PNG'],
  ['a picture of more than 5 MB', Buffer.concat([png(1, 1), Buffer.alloc(5 << 20)]), 'the most is 5242880'],
])('refuses %s', (_what, bytes, message) => {
  expect(() => toMessageFile('x', bytes)).toThrow(message);
});

it('takes what fits into one request', () => {
  const file = { name: 'x', mediaType: 'application/pdf', content: 'A'.repeat(31 << 20) } as const;
  expect(() => checkFiles([file], '')).not.toThrow();
  expect(() => checkFiles([file], 'a')).toThrow('The files make a request of 32505857 bytes');
  const small = { ...file, content: 'AAAA' };
  expect(() =>
    checkFiles(
      Array.from({ length: 100 }, () => small),
      'a',
    ),
  ).not.toThrow();
  expect(() =>
    checkFiles(
      Array.from({ length: 101 }, () => small),
      'a',
    ),
  ).toThrow('101 files are too many');
});
