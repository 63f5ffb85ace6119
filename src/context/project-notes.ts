import { realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { SessionError, systemCode } from '../errors.ts';
import { readFileHead } from '../text/file-head.ts';
import type { Head } from '../text/file-head.ts';
import { cutHead, renderFence } from '../text/markdown.ts';

/** The text of a file in which the project addresses agents. */
export type ProjectNotes = Pick<Head, 'text' | 'isCut'>;

const NAME = 'CLAUDE.md';
const MAX_BYTES = 64 * 1024;

/**
 * The root's CLAUDE.md, if it is a regular file in the root and not reached through a symbolic link; else null.
 *
 * The agent itself would read it only together with the project's settings, which start programs. So we read it.
 */
export function readNotes(root: string): ProjectNotes | null {
  return readFileOf(root, join(root, NAME));
}

/**
 * What the root's `.session.json` sets for the system prompt: its text, and its file if that is a regular file in the
 * root.
 */
export function readProjectPrompt(
  root: string,
  { text, file }: { text?: string; file?: string },
): ProjectNotes[] {
  const written =
    text === undefined ? null : { text: cutHead(text, MAX_BYTES), isCut: text.length > MAX_BYTES };
  return [written, file === undefined ? null : readFileOf(root, file)].filter((part) => part !== null);
}

function readFileOf(root: string, path: string): ProjectNotes | null {
  try {
    const target = realpathSync(path);
    // A link must not lead out of the root, and a pipe would block the reader.
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

/** The notes in a fence, because the text comes with a checkout and is not trusted. */
export function renderNotes(notes: ProjectNotes): string[] {
  return renderData(`## Project notes (${NAME})`, 'How this project wants to be worked on.', notes);
}

/** The texts in a fence, like the notes, because the root is not trusted. */
export function renderProjectPrompt(parts: readonly ProjectNotes[]): string[] {
  return parts.flatMap((part) =>
    renderData('## Project prompt (.session.json)', 'What this project would have you know.', part),
  );
}

function renderData(heading: string, about: string, { text, isCut }: ProjectNotes): string[] {
  if (text.trim() === '') return [];
  const cut = isCut ? ['Cut: it goes on after this; read the file itself for the rest.'] : [];
  return [heading, about, ...cut, renderFence(text)];
}
