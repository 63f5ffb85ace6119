import { isScript } from './script.ts';

export interface UserMessage {
  /** All its text blocks. */
  blocks: string[];
  /** Its files: their types, their lengths in the request, and their titles. */
  files: string[];
  /** The block that is the script. */
  script: string;
  /** The uuid of the line. Claude repeats it in the answer. */
  uuid: string | undefined;
}

interface ContentBlock {
  type: string;
  text?: string;
  title?: string;
  source?: { media_type: string; data: string };
}

/** A line of stdin with a message. */
export interface UserLine {
  type: 'user';
  uuid?: string;
  message?: { content?: string | ContentBlock[] };
}

/**
 * Reads the message of a line of stdin.
 *
 * The script is the first block that is a script. Without one, it is the user's text: the block before the last,
 * because `session` adds context updates before it and a closing sentence after it.
 */
export function readMessage({ message, uuid }: UserLine): UserMessage {
  const content = message?.content ?? '';
  const blocks = typeof content === 'string' ? [content] : content.flatMap(({ text }) => text ?? []);
  const script = blocks.find(isScript) ?? blocks.at(-2) ?? blocks[0] ?? '';
  const files = (typeof content === 'string' ? [] : content).flatMap(({ source, title = '' }) =>
    source === undefined ? [] : `${source.media_type} ${source.data.length} ${title}`.trim(),
  );
  return { blocks, files, script, uuid };
}
