/** The files of a message: which types agents accept, and which are sent again in a replay. */
import type { AgentFile } from '../agents/agent.ts';
import { SessionError } from '../errors.ts';
import type { MediaType, MessageFile, NewFile } from '../model/message-file.ts';
import type { Store } from '../store/store.ts';
import { decodeText } from '../system/read-bounded.ts';

/** The limit of files in one API request, with room for the rest. In base64 files grow by a third. */
const MAX_REQUEST_BYTES = 31 << 20;
const MAX_IMAGE_BYTES = 5 << 20;
const MAX_FILES = 100;
/** A file of this size does not fit into a request. */
export const MAX_FILE_BYTES = 32 << 20;

/** The first bytes of each type, in hexadecimal. */
const MAGIC: readonly [RegExp, MediaType][] = [
  [/^89504e470d0a1a0a/, 'image/png'],
  [/^ffd8ff/, 'image/jpeg'],
  [/^47494638(37|39)61/, 'image/gif'],
  [/^52494646.{8}57454250/, 'image/webp'],
  [/^255044462d/, 'application/pdf'],
];

/** Makes a message file, with the type that its bytes show. Throws USAGE for a type that agents don't accept. */
export function toMessageFile(name: string, bytes: Buffer): NewFile {
  const head = bytes.toString('hex', 0, 16);
  const mediaType =
    MAGIC.find(([magic]) => magic.test(head))?.[1] ?? (isText(bytes) ? 'text/plain' : undefined);
  if (bytes.length === 0) throw new SessionError('USAGE', `The file ${name} is empty.`);
  if (mediaType === undefined)
    throw new SessionError(
      'USAGE',
      `The file ${name} is not a PNG, JPEG, GIF, WebP or PDF, and not text in UTF-8.`,
      {
        hint: 'Name the file in the message: the agent may be able to read it with its tools.',
      },
    );
  if (mediaType.startsWith('image/') && bytes.length > MAX_IMAGE_BYTES)
    throw new SessionError(
      'USAGE',
      `The image ${name} has ${bytes.length} bytes; the most is ${MAX_IMAGE_BYTES}.`,
    );
  return { name, mediaType, content: bytes.toString('base64') };
}

/** Throws USAGE for too many files, or too large ones for one request. */
export function checkFiles(files: readonly NewFile[], message: string): void {
  if (files.length > MAX_FILES)
    throw new SessionError(
      'USAGE',
      `${files.length} files are too many: at most ${MAX_FILES} go with a message.`,
    );
  const bytes = files.reduce((sum, { content }) => sum + content.length, Buffer.byteLength(message));
  if (bytes > MAX_REQUEST_BYTES)
    throw new SessionError(
      'USAGE',
      `The files make a request of ${bytes} bytes; the most is ${MAX_REQUEST_BYTES}, in which a file counts a third more.`,
      { hint: 'Send fewer files at once, or smaller ones.' },
    );
}

/**
 * The files that the agent gets with a turn's message: those of replayed messages (the newest ones that fit), then its
 * own.
 */
export async function readSentFiles(
  { messages }: Store,
  own: readonly MessageFile[],
  replayed: readonly MessageFile[],
): Promise<AgentFile[]> {
  const isOwn = new Set(own.map(({ sha256 }) => sha256));
  const earlier = new Map(replayed.map((file) => [file.sha256, file]));
  let left = MAX_REQUEST_BYTES - own.reduce((sum, { bytes }) => sum + inBase64(bytes), 0);
  const again = [...earlier.values()].toReversed().filter(({ sha256, bytes }) => {
    if (isOwn.has(sha256) || inBase64(bytes) > left) return false;
    left -= inBase64(bytes);
    return true;
  });
  const sent: AgentFile[] = [];
  for (const { name, mediaType, sha256 } of [...again.toReversed(), ...own]) {
    const content = await messages.readFile(sha256);
    if (content !== undefined) sent.push({ name, mediaType, content, isEarlier: !isOwn.has(sha256) });
  }
  return sent;
}

function inBase64(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

function isText(bytes: Buffer): boolean {
  try {
    decodeText(bytes);
    return true;
  } catch {
    return false;
  }
}
