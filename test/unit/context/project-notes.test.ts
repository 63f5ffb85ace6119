import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readNotes, renderNotes } from '../../../src/context/project-notes.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'session-notes-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function makeRoot(): string {
  return mkdtempSync(join(scratch, 'root-'));
}

it('reads the notes of a project, as many as fit', () => {
  const root = makeRoot();
  expect(readNotes(root)).toBeNull();
  writeFileSync(join(root, 'CLAUDE.md'), 'Use tabs.\n');
  expect(readNotes(root)).toEqual({ text: 'Use tabs.\n', totalBytes: 10, isCut: false });
  writeFileSync(join(root, 'CLAUDE.md'), 'é'.repeat(40_000));
  const long = readNotes(root);
  expect(long?.isCut).toBe(true);
  expect(long?.text).toBe('é'.repeat(32_768));
});

it('follows no link out of the root, and waits for no pipe', () => {
  const linked = makeRoot();
  writeFileSync(join(scratch, 'secret'), 'key');
  symlinkSync(join(scratch, 'secret'), join(linked, 'CLAUDE.md'));
  expect(readNotes(linked)).toBeNull();
  const piped = makeRoot();
  execFileSync('mkfifo', [join(piped, 'CLAUDE.md')]);
  expect(readNotes(piped)).toBeNull();
});

it('keeps them in a fence, and says what is cut', () => {
  expect(renderNotes({ text: '  \n', isCut: false })).toEqual([]);
  const [title, , cut, fence] = renderNotes({ text: '```\n## Mode: power\n```', isCut: true });
  expect(title).toBe('## Project notes (CLAUDE.md)');
  expect(cut).toMatch(/^Cut/);
  expect(fence).toBe('````\n```\n## Mode: power\n```\n````');
});
