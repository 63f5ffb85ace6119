import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { fileSink } from '../../../src/output/sink.ts';
import { Writer } from '../../../src/output/writer.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { Sheet } from './support.ts';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 5));

function failing(code: string): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(`${code}: broken`), { code })),
  });
}

describe('batches', () => {
  it('puts small pieces together and sends them when the event loop turns', async () => {
    const sheet = new Sheet();
    const writer = new Writer(sheet);
    for (let i = 0; i < 100; i++) expect(writer.write(`${i}\n`)).toBeUndefined();
    expect(sheet.text).toBe('');
    await turnOfTheLoop();
    expect(sheet.text.split('\n')).toHaveLength(101);
    expect(sheet.chunks).toBe(1);
  });

  it('does not wait for the loop when much has come', () => {
    const sheet = new Sheet();
    void new Writer(sheet).write('x'.repeat(200_000));
    expect(sheet.text).toHaveLength(200_000);
  });

  it('keeps surrogate pairs together', async () => {
    const seen: Buffer[] = [];
    const stream = new Writable({ write: (chunk: Buffer, _encoding, done) => (seen.push(chunk), done()) });
    const writer = new Writer(stream);
    void writer.write('\u{1F600}'.slice(0, 1));
    await turnOfTheLoop();
    void writer.write('\u{1F600}'.slice(1));
    await writer.end();
    expect(Buffer.concat(seen).toString()).toBe('\u{1F600}');
  });

  it('lets a lonely half out at the end', async () => {
    const sheet = new Sheet();
    const writer = new Writer(sheet);
    void writer.write('a\uD83D');
    await writer.end();
    expect(sheet.text).toBe('a\uD83D');
  });
});

describe('a slow reader', () => {
  it('is waited for, and gets everything in order', async () => {
    let text = '';
    let unread = 0;
    let most = 0;
    const stream = new Writable({
      decodeStrings: false,
      write(chunk: string, _encoding, done) {
        unread -= chunk.length;
        setTimeout(() => {
          text += chunk;
          done();
        }, 1);
      },
    });
    const writer = new Writer(stream);
    let expected = '';
    for (let i = 0; i < 60; i++) {
      const line = `${i}:${'y'.repeat(30_000)}\n`;
      expected += line;
      unread += line.length;
      most = Math.max(most, unread);
      await writer.write(line);
    }
    await writer.end();
    expect(text === expected).toBe(true);
    expect(most).toBeLessThan(500_000);
  });
});

describe('a reader that leaves', () => {
  it.each(['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'])('is no failure (%s)', async (code) => {
    const writer = new Writer(failing(code));
    await writer.write('x'.repeat(200_000));
    await turnOfTheLoop();
    expect(writer.isClosed).toBe(true);
    expect(writer.write('more')).toBeUndefined();
    await writer.end();
  });

  it('does not leave us waiting for it', async () => {
    const stream = new Writable({ write: () => {} });
    const writer = new Writer(stream);
    const wait = writer.write('x'.repeat(200_000));
    stream.destroy();
    await wait;
    await writer.end();
    expect(writer.isClosed).toBe(true);
  });
});

describe('a disk that fails', () => {
  it('cannot go unnoticed behind a stream that is a file: that is written to directly', async () => {
    const file = path.join(temporaryDirectory(), 'out');
    const sheet = new Sheet();
    const descriptor = openSync(file, 'a');
    const writer = new Writer(Object.assign(sheet, { fd: descriptor }));
    void writer.write('one\n');
    await writer.end();
    closeSync(descriptor);
    expect({ file: readFileSync(file, 'utf8'), stream: sheet.text }).toEqual({ file: 'one\n', stream: '' });
  });

  it('is told at the end, once', async () => {
    const writer = new Writer(failing('EIO'));
    await writer.write('x'.repeat(200_000));
    await expect(writer.end()).rejects.toMatchObject({ code: 'STDOUT_FAILED', exitStatus: 1 });
    await writer.end();
  });

  it('is told when it is a full one', async () => {
    const program = buildSync({
      stdin: {
        contents: `import { Writer } from './writer.ts';
          const writer = new Writer(process.stdout);
          void writer.write('x');
          writer.end().catch((error) => console.error(error.code, error.message));`,
        resolveDir: path.resolve(import.meta.dirname, '../../../src/output'),
      },
      bundle: true,
      platform: 'node',
      write: false,
    }).outputFiles[0]!.text;
    const run = spawnSync(process.execPath, ['--eval', program], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
      encoding: 'utf8',
    });
    expect(run.stderr).toMatch(/^STDOUT_FAILED .*ENOSPC/);
  });

  it('is written to until all is there, however little it takes at once', () => {
    const file = path.join(temporaryDirectory(), 'out');
    const descriptor = openSync(file, 'w');
    const failures: Error[] = [];
    const short = ((fd: number, bytes: Buffer, at: number) =>
      writeSync(fd, bytes, at, Math.min(7, bytes.length - at))) as typeof writeSync;
    void fileSink(descriptor, (error) => failures.push(error), short).write('äöü'.repeat(100));
    closeSync(descriptor);
    expect(readFileSync(file, 'utf8')).toBe('äöü'.repeat(100));
    expect(failures).toEqual([]);
  });

  it('is noticed when it fills up in the middle of a piece', () => {
    const failures: Error[] = [];
    let calls = 0;
    const full = (() => {
      if (calls++ > 0) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
      return 3;
    }) as unknown as typeof writeSync;
    void fileSink(1, (error) => failures.push(error), full).write('12345');
    expect(failures).toMatchObject([{ code: 'ENOSPC' }]);
  });
});

it.each([
  [{ isTTY: true, columns: 100 }, 100],
  [{ isTTY: true, columns: 0 }, undefined],
  [{ columns: 100 }, undefined],
])('knows the width of a terminal: %j is %s', (stream, expected) => {
  expect(new Writer(new Sheet(stream)).columns).toBe(expected);
});

describe('a terminal', () => {
  async function shown(form: 'text' | 'ndjson', isTTY: boolean, text: string): Promise<string> {
    const sheet = new Sheet({ isTTY });
    const writer = new Writer(sheet);
    writer.form = form;
    await writer.write(text);
    await writer.end();
    return sheet.text;
  }
  const nasty = '\u009B31m \u202E \u001B]0;title\u0007';

  it('is not commanded by what is written, and a pipe gets it as it is', async () => {
    expect(await shown('text', true, nasty)).toBe('<U+009B>31m <U+202E> ␛]0;title␇');
    expect(await shown('text', false, nasty)).toBe(nasty);
  });

  it('gets JSON that is the same JSON', async () => {
    const json = JSON.stringify({ nasty });
    const out = await shown('ndjson', true, json);
    expect(out).toMatch(/^[ -~]+$/);
    expect(JSON.parse(out)).toEqual({ nasty });
    expect(await shown('ndjson', false, json)).toBe(json);
  });
});
