import { execFileSync, spawn } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { decodeText, readStart, readWhole } from '../../../src/system/read-bounded.ts';
import { makePipe, makeRoot } from '../../support/study-tree.ts';

describe('a file', () => {
  it('is read whole, or as far as asked', () => {
    const path = join(makeRoot({ file: 'ähnlich' }), 'file');
    expect(decodeText(readWhole(path, 8))).toBe('ähnlich');
    expect(readStart(path, 8)).toMatchObject({ totalBytes: 8, isCut: false });
    const { bytes, ...rest } = readStart(path, 1);
    expect(rest).toEqual({ totalBytes: 8, isCut: true });
    expect(decodeText(bytes, true)).toBe('');
  });

  it('of three gigabytes costs what is taken of it', () => {
    const path = join(makeRoot({ sparse: '' }), 'sparse');
    truncateSync(path, 3 * 2 ** 30);
    expect(readStart(path, 100)).toMatchObject({ totalBytes: 3 * 2 ** 30, isCut: true });
    expect(readStart(path, 100).bytes).toHaveLength(100);
    expect(() => readWhole(path, 2 ** 20)).toThrow('is larger than 1 MB');
    expect(() => readWhole(path, 1000)).toThrow('is larger than 1000 bytes');
  });

  it.each([
    ['UTF-16', Buffer.from('\uFEFFhello', 'utf16le')],
    ['UTF-16 without a mark', Buffer.from('hello', 'utf16le')],
    ['Latin-1', Buffer.from('naïve', 'latin1')],
    ['nothing at all', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0])],
  ])('in %s is refused as text', (_, bytes) => {
    expect(() => decodeText(bytes)).toThrow('is not text in UTF-8');
  });
});

describe('what is no regular file is refused at once', () => {
  it.each([
    ['.', 'is a folder'],
    ['nosuch', 'does not exist'],
    ['file/below', 'does not exist'],
    ['/dev/zero', 'is a device'],
    ['/dev/tty', 'is a device'],
  ])('%s', (name, words) => {
    const root = makeRoot({ file: '' });
    expect(() => readWhole(name.startsWith('/') ? name : join(root, name), 10)).toThrow(words);
  });

  it('a named pipe, with a writer and without', () => {
    const pipe = join(makeRoot(), 'pipe');
    makePipe(pipe);
    expect(() => readStart(pipe, 10)).toThrow('is a named pipe');
    const writer = spawn('sh', ['-c', `exec 9<>${pipe}; sleep 20`], { stdio: 'ignore' });
    onTestFinished(() => void writer.kill());
    expect(() => readStart(pipe, 10)).toThrow('is a named pipe');
  });

  it('a socket, and a link to itself', async () => {
    const root = makeRoot();
    const server = createServer().listen(join(root, 'socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => void server.close());
    expect(() => readStart(join(root, 'socket'), 10)).toThrow('is a socket');
    execFileSync('ln', ['-s', 'loop', join(root, 'loop')]);
    expect(() => readStart(join(root, 'loop'), 10)).toThrow('is a symbolic link to itself');
  });

  it('but a file that others may not read', () => {
    const path = join(makeRoot(), 'secret');
    writeFileSync(path, 'x', { mode: 0o000 });
    if (process.getuid?.() === 0) expect(readWhole(path, 10).toString()).toBe('x');
    else expect(() => readWhole(path, 10)).toThrow('is not readable for you');
  });
});
