import { isScript } from './script.ts';

export interface UserMessage {
  /** All its text blocks. */
  blocks: string[];
  /** Its files: what they are, their lengths in the request, and their titles. */
  files: string[];
  /** The block that is the script. */
  script: string;
  /** Of the line; claude names it in what answers it. */
  uuid: string | undefined;
}

interface ContentBlock {
  type: string;
  text?: string;
  title?: string;
  source?: { media_type: string; data: string };
}

/** The line of stdin that brings a message. */
export interface UserLine {
  type: 'user';
  uuid?: string;
  message?: { content?: string | ContentBlock[] };
}

/**
 * Reads the message of a line of stdin.
 *
 * Its script is the first block that is one, or else what the user wrote: the block before the last, since `session`
 * puts news in front of it and a sentence of its own behind it.
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
