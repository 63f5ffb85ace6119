import type { Attachment } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import { decodeText, FileRefused } from '../system/read-bounded.ts';
import { readGiven } from '../system/read-pipe.ts';
import { cutHead, renderCode, renderFence } from '../text/markdown.ts';

const MAX_FILES = 50;

/** The limit, in characters, of one attachment and of all attachments in a prompt. */
const MAX_SHOWN_CHARS = 200_000;
const MAX_SHOWN_CHARS_IN_ALL = 400_000;

/**
 * Reads the files of `--context`. A pipe that the caller opened works too (`--context <(git log)`).
 *
 * Throws CONTEXT_INVALID for a file that is missing, not regular, not UTF-8 text, or larger than `maxBytes`.
 */
export async function readAttachments(paths: string[], maxBytes: number): Promise<Attachment[]> {
  if (paths.length > MAX_FILES) {
    throw new SessionError(
      'CONTEXT_INVALID',
      `${paths.length} context files are too many: at most ${MAX_FILES} can be attached.`,
    );
  }
  const attachments: Attachment[] = [];
  for (const path of paths) attachments.push({ path, content: await readText(path, maxBytes) });
  return attachments;
}

/** The attachments as Markdown. Where one is cut, a note gives its path. */
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

async function readText(path: string, maxBytes: number): Promise<string> {
  try {
    return decodeText(await readGiven(path, maxBytes));
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    throw new SessionError('CONTEXT_INVALID', `The context file ${path} ${error.message}.`, {
      hint: 'Attach an extract as text, or name the file in the message: the agent can read it.',
      cause: error,
    });
  }
}
