import { isScript } from './script.ts';

export interface UserMessage {
  /** All its text blocks. */
  blocks: string[];
  /** The block that is the script. */
  script: string;
  /** A slash command that claude would run in its place. */
  command: string | null;
  /** Of the line; claude names it in what answers it. */
  uuid: string | undefined;
}

/** The line of stdin that brings a message. */
export interface UserLine {
  type: 'user';
  uuid?: string;
  message?: { content?: string | { type: string; text?: string }[] };
}

/** Claude runs a message whose last block starts so as a command of its own. Paths are no commands. */
const COMMAND = /^\/[a-zA-Z][\w:-]*(?=\s|$)/;

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
  return { blocks, script, command: COMMAND.exec(blocks.at(-1) ?? '')?.[0] ?? null, uuid };
}
