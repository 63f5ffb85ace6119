import { isScript } from './script.ts';

export interface UserMessage {
  /** All its text blocks. */
  blocks: string[];
  /** The block that is the script. */
  script: string;
  /** Of the line; claude names it in what answers it. */
  uuid: string | undefined;
}

/** The line of stdin that brings a message. */
export interface UserLine {
  type: 'user';
  uuid?: string;
  message?: { content?: string | { type: string; text?: string }[] };
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
  return { blocks, script, uuid };
}
