import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { Place, parseLines } from '../support/run.ts';
import type { Content } from '../support/run.ts';
import { pdf, png } from '../support/sample-files.ts';
import { sendWarm } from '../support/warm.ts';

const NOTES = 'Wörter, and more of them.\n';
const SEEN = `image/png ${inBase64(png(4, 4)).length}\napplication/pdf ${inBase64(pdf()).length} plan.pdf\ntext/plain ${NOTES.length} notes`;
const ATTACHED = ['chart', 'plan.pdf', 'notes'].flatMap((name) => ['--attach', name]);
const KEPT = [
  { name: 'chart', media_type: 'image/png', bytes: png(4, 4).length },
  { name: 'plan.pdf', media_type: 'application/pdf', bytes: pdf().length },
  { name: 'notes', media_type: 'text/plain', bytes: Buffer.byteLength(NOTES) },
];

function inBase64(bytes: Buffer): string {
  return bytes.toString('base64');
}

async function make(): Promise<{ place: Place; id: string }> {
  const place = new Place();
  const id = await place.newSession();
  writeFileSync(path.join(place.root, 'chart'), png(4, 4));
  writeFileSync(path.join(place.root, 'plan.pdf'), pdf());
  writeFileSync(path.join(place.root, 'notes'), NOTES);
  return { place, id };
}

/** What the store holds. */
function bytesOf(place: Place): string {
  return readFileSync(path.join(place.home, 'sessions.sqlite'), 'latin1');
}

describe('files', () => {
  it('go with the message, and stay with it', async () => {
    const { place, id } = await make();
    expect(await place.must('send', id, 'files', ...ATTACHED)).toBe(`${SEEN}\n`);
    expect(JSON.parse(await place.must('send', id, 'message', '--attach', 'chart'))).toEqual([
      'File chart:',
      'message',
      'Please respond to the message above.',
    ]);
    expect(await place.must('send', id, 'files')).toBe('(none)\n');
    expect(await place.history(id)).toMatchObject([
      { files: KEPT },
      { files: [] },
      { files: [KEPT[0]] },
      {},
      { files: [] },
      {},
    ]);
    const text = await place.must('history', id);
    expect(text).toContain('\n\n+ chart (image/png, 73 B)\n+ plan.pdf (application/pdf, ');
    expect(await place.must('history', id, '--markdown')).toContain('\n- `chart (image/png, 73 B)`\n');
  });

  it.each([
    ['by a detached turn', ['--detach']],
    ['by one that waits for another', []],
  ])('are sent %s', async (_what, flags) => {
    const { place, id } = await make();
    const before =
      flags.length > 0 ? undefined : place.start(['send', id, 'say a\nsleep 500ms\nsay b', '--ndjson']);
    await before?.says('"text"');
    // More than fits into the arguments of a program.
    writeFileSync(path.join(place.root, 'large.pdf'), pdf(300_000));
    await place.must('send', id, 'files', ...ATTACHED, '--attach', 'large.pdf', ...flags);
    await place.must('wait', id);
    const large = `application/pdf ${inBase64(pdf(300_000)).length} large.pdf`;
    expect((await place.history(id)).at(-1)).toMatchObject({ content: `${SEEN}\n${large}` });
    await before?.ended;
  });

  it('are sent to a warm agent, large ones too', async () => {
    const { place, id } = await make();
    writeFileSync(path.join(place.root, 'large.pdf'), pdf(20 << 20));
    await sendWarm(place, id, 'say one');
    const answers = [
      await sendWarm(place, id, 'files', ATTACHED),
      await sendWarm(place, id, 'files', ['--attach', 'large.pdf']),
    ];
    expect(answers).toMatchObject([
      { text: SEEN, start: { continuity: 'warm' } },
      { text: `application/pdf ${inBase64(pdf(20 << 20)).length} large.pdf`, start: { continuity: 'warm' } },
    ]);
    await place.must('stop', id);
    await place.expectNothingLeft();
  });

  it('come from pipes', async () => {
    const { place, id } = await make();
    const words = [process.execPath, path.resolve('bin/session.js'), 'send', id, 'files'];
    const shell = `${words.map((word) => `'${word}'`).join(' ')} --attach <(cat chart)`;
    const answer = execFileSync('bash', ['-c', shell], { cwd: place.root, env: place.env, encoding: 'utf8' });
    expect(answer).toBe(`${SEEN.split('\n')[0]}\n`);
  });

  it('are sent again when the agent has lost the conversation, each once', async () => {
    const { place, id } = await make();
    await place.must('send', id, 'say one', ...ATTACHED);
    await place.must('send', id, 'say two', '--attach', 'chart');
    await place.must('export', id, '--file', 'out.jsonl');
    const other = new Place();
    await other.must('import', path.join(place.root, 'out.jsonl'));
    const lost = JSON.parse(await other.must('send', id, 'message', '--json')) as Content;
    expect(lost).toMatchObject({ start: { continuity: 'replay' } });
    expect(JSON.parse(lost['text'] as string)).toEqual([
      'File chart, of an earlier message:',
      'File plan.pdf, of an earlier message:',
      'File notes, of an earlier message:',
      'message',
      'Please respond to the message above.',
    ]);
    expect(await other.must('send', id, 'context')).toContain(
      'Sent with it: `chart` (image/png), `plan.pdf`',
    );
    expect(await other.must('send', id, 'files')).toBe('(none)\n');
  });

  it('are moved by export and import, byte for byte, and shown in pages', async () => {
    const { place, id } = await make();
    writeFileSync(path.join(place.root, 'large.pdf'), pdf(3_000_000));
    await place.must('send', id, 'say one', ...ATTACHED, '--attach', 'large.pdf');
    await place.must('export', id, '--file', 'out.jsonl');
    const other = new Place();
    await other.must('import', path.join(place.root, 'out.jsonl'));
    expect((await other.history(id))[0]!['files']).toEqual((await place.history(id))[0]!['files']);
    const [one, two] = await Promise.all([place, other].map((each) => each.must('export', id)));
    const files = (text: string): Content[] => parseLines(text).filter(({ type }) => type === 'file');
    expect(files(two!)).toEqual(files(one!));
    const html = await place.must('export', id, '--format', 'html');
    expect(html).toContain(`<img src="data:image/png;base64,${inBase64(png(4, 4))}" alt="chart">`);
    expect(html).toContain(`href="data:application/pdf;base64,${inBase64(pdf())}" download="plan.pdf"`);
    expect(html).toContain('img-src data:;');
    expect(await place.must('export', id, '--format', 'markdown')).toContain('- `notes (text/plain, 27 B)`');
    await place.must('fork', id, '--name', 'copy');
    expect((await place.history('copy'))[0]!['files']).toEqual((await place.history(id))[0]!['files']);
  });

  it('are masked in exports where they are text', async () => {
    const { place, id } = await make();
    const key = `sk-ant-api03-${'aB3x'.repeat(8)}`;
    writeFileSync(path.join(place.root, 'notes'), `key ${key}!`);
    await place.must('send', id, 'say one', ...ATTACHED);
    const file = parseLines(await place.must('export', id, '--redact')).find(({ name }) => name === 'notes');
    expect(Buffer.from(file!['content'] as string, 'base64').toString()).toBe('key [redacted]!');
    expect(await place.must('export', id, '--redact', '--format', 'html')).not.toContain(
      inBase64(Buffer.from(key)).slice(4, 20),
    );
  });

  it('count for the size of a session, and are gone with it', async () => {
    const { place, id } = await make();
    writeFileSync(path.join(place.root, 'notes'), 'a rare word: xyzzy\n'.repeat(20_000));
    await place.must('send', id, 'say one', ...ATTACHED);
    expect(bytesOf(place)).toContain('xyzzy');
    const kept = JSON.parse(await place.must('gc', '--dry-run', '--json')) as Content;
    expect(kept['stored_bytes']).toBeGreaterThan(380_000);
    await place.must('rm', id, '--purge');
    expect(bytesOf(place)).not.toContain('xyzzy');
  });

  it('are named by what would be started, without their contents', async () => {
    const { place, id } = await make();
    const plan = await place.must('send', id, 'say one', ...ATTACHED, '--dry-run');
    expect(plan).toContain('"title":"plan.pdf"');
    expect(plan).not.toContain(inBase64(pdf()).slice(0, 100));
    expect(await place.history(id)).toEqual([]);
  });
});

it.each([
  ['that is missing', 'nosuch.png', 'The file nosuch.png does not exist.'],
  ['that is a folder', '.', 'The file . is a folder.'],
  ['that is empty', '/dev/null', '/dev/null'],
  [
    'of another kind',
    'sound.png',
    'The file sound.png is not a PNG, JPEG, GIF, WebP or PDF, and not text in UTF-8.',
  ],
  ['that is too large a picture', 'large.png', 'The image large.png has 5242954 bytes; the most is 5242880.'],
  ['that is too large for a request', 'large.pdf', 'The files make a request of'],
  ['that is too large for anything', 'huge.pdf', 'The file huge.pdf is larger than 32 MB.'],
])('a file %s is refused before anything starts', async (_what, name, message) => {
  const { place, id } = await make();
  writeFileSync(path.join(place.root, 'sound.png'), Buffer.from('RIFF\x01\x02\x03\x04WAVE\xff', 'latin1'));
  writeFileSync(path.join(place.root, 'large.png'), Buffer.concat([png(4, 4), Buffer.alloc((5 << 20) + 1)]));
  writeFileSync(path.join(place.root, 'large.pdf'), pdf(24 << 20));
  writeFileSync(path.join(place.root, 'huge.pdf'), pdf(33 << 20));
  for (const session of [id, '@new']) {
    const { code, stdout } = await place.run([
      'send',
      session,
      'files',
      '--attach',
      'chart',
      '--attach',
      name,
      '--json',
    ]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining(message) as string,
    });
  }
  expect(await place.history(id)).toEqual([]);
  expect(JSON.parse(await place.must('list', '--json'))).toHaveLength(1);
});

it('files that a damaged export brings are told of, and the rest is taken', async () => {
  const { place, id } = await make();
  await place.must('send', id, 'say one', '--attach', 'chart');
  const lines = (await place.must('export', id)).split('\n');
  const at = lines.findIndex((line) => line.startsWith('{"type":"file"'));
  lines[at] = lines[at]!.replace(/"content":"..../, '"content":"?<>!');
  const other = new Place();
  writeFileSync(path.join(other.root, 'out.jsonl'), lines.join('\n'));
  const { code, stderr } = await other.run(['import', 'out.jsonl']);
  expect([code, stderr]).toEqual([1, expect.stringContaining('content: must be in base64')]);
  expect(await other.history(id)).toMatchObject([{ content: 'say one', files: [] }, {}]);
});
