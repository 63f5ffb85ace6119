import { realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import { readFileHead } from './file-head.ts';
import type { Head } from './file-head.ts';
import { renderFence } from './markdown.ts';

/** What a project's CLAUDE.md says. */
export type ProjectNotes = Pick<Head, 'text' | 'isCut'>;

const NAME = 'CLAUDE.md';
const MAX_BYTES = 64 * 1024;

/**
 * The root's CLAUDE.md, if it is a plain file below the root (a path without symbolic links); null without one.
 *
 * The agent would read it by itself only together with the project's settings, which start programs; so we do.
 */
export function readNotes(root: string): ProjectNotes | null {
  const path = join(root, NAME);
  try {
    const target = realpathSync(path);
    // No link out of the root, and nothing that would keep its reader waiting.
    if (!target.startsWith(`${root}${sep}`) || !statSync(target).isFile()) return null;
    return readFileHead(target, MAX_BYTES);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(systemCode(error) ?? '')) return null;
    throw new SessionError(
      'CONTEXT_INVALID',
      `${path} can't be read (${systemCode(error) ?? String(error)}).`,
      {
        cause: error,
      },
    );
  }
}

/** Fenced: it comes with a checkout, and ends where it ends. */
export function renderNotes({ text, isCut }: ProjectNotes): string[] {
  if (text.trim() === '') return [];
  const cut = isCut ? [`Cut: the file goes on after this; read ${NAME} itself for the rest.`] : [];
  return [`## Project notes (${NAME})`, 'How this project wants to be worked on.', ...cut, renderFence(text)];
}
