import type { Attachment } from '../core/model.ts';
import { SessionError, systemCode } from '../errors.ts';
import { cutHead, renderCode, renderFence } from './markdown.ts';

const MAX_FILE_BYTES = 1024 * 1024;
const MAX_FILES = 50;

/** What of one attachment, and of all of them, goes into a prompt. */
const MAX_SHOWN_CHARS = 200_000;
const MAX_SHOWN_CHARS_IN_ALL = 400_000;

/**
 * Reads the files of `--context`, as they are now. Pipes will do too (`--context <(git log)`).
 *
 * Throws CONTEXT_INVALID for one that is missing, unreadable, no text in UTF-8, or larger than 1 MB.
 */
export async function readAttachments(paths: string[]): Promise<Attachment[]> {
  if (paths.length > MAX_FILES) {
    throw new SessionError(
      'CONTEXT_INVALID',
      `${paths.length} context files are too many: at most ${MAX_FILES} can be attached.`,
    );
  }
  const attachments: Attachment[] = [];
  for (const path of paths) attachments.push({ path, content: decode(path, await readBounded(path)) });
  return attachments;
}

/** The attachments as Markdown; what is cut is said, with the path to read on at. */
export function renderAttachments(attachments: Attachment[]): string[] {
  let left = MAX_SHOWN_CHARS_IN_ALL;
  return attachments.flatMap(({ path, content }) => {
    const shown = cutHead(content, Math.min(MAX_SHOWN_CHARS, left));
    left -= shown.length;
    const title = `### ${renderCode(path, 1000)}`;
    if (shown === content) return [title, renderFence(content)];
    const cut = `Cut: the first ${shown.length} of ${content.length} characters. Read the file itself for the rest.`;
    return shown === '' ? [title, cut] : [title, cut, renderFence(shown)];
  });
}

async function readBounded(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    const { open } = await import('node:fs/promises');
    const file = await open(path, 'r');
    for await (const chunk of file.createReadStream() as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_FILE_BYTES) break;
    }
  } catch (error) {
    throw new SessionError(
      'CONTEXT_INVALID',
      `The context file ${path} can't be read: ${READ_ERRORS[systemCode(error) ?? ''] ?? systemCode(error)}.`,
      { cause: error },
    );
  }
  if (bytes <= MAX_FILE_BYTES) return Buffer.concat(chunks);
  throw new SessionError('CONTEXT_INVALID', `The context file ${path} is larger than 1 MB.`, {
    hint: 'Attach an extract, or name the file in the message: the agent can read it.',
  });
}

const READ_ERRORS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'no permission',
};

function decode(path: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Falls through to the same refusal.
  }
  throw new SessionError('CONTEXT_INVALID', `The context file ${path} is not text in UTF-8.`);
}
