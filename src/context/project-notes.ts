import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import { renderFence } from './markdown.ts';

/** What a project's CLAUDE.md says. */
export interface ProjectNotes {
  text: string;
  isCut: boolean;
}

const NAME = 'CLAUDE.md';
const MAX_BYTES = 64 * 1024;

/**
 * The root's CLAUDE.md, if it is a plain file below the root (a path without symbolic links); null without one.
 *
 * The agent would read it by itself only together with the project's settings, which start programs; so we do.
 */
export async function readNotes(root: string): Promise<ProjectNotes | null> {
  const path = join(root, NAME);
  try {
    const target = await realpath(path);
    // No link out of the root, and nothing that would keep its reader waiting.
    if (!target.startsWith(`${root}${sep}`) || !(await stat(target)).isFile()) return null;
    const file = await open(target, 'r');
    try {
      const stats = await file.stat();
      const { buffer, bytesRead } = await file.read(
        Buffer.alloc(Math.min(stats.size, MAX_BYTES)),
        0,
        null,
        0,
      );
      const isCut = stats.size > bytesRead;
      return { text: new TextDecoder().decode(buffer.subarray(0, bytesRead), { stream: isCut }), isCut };
    } finally {
      await file.close();
    }
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
