/** What stdin brings: a message to answer, a request about the running turn, or something not for us. */
export type Incoming =
  | { type: 'user'; text: string; command: string | null }
  | { type: 'interrupt'; requestId: string }
  | { type: 'other' };

interface Line {
  type?: string;
  request_id?: string;
  request?: { subtype?: string };
  message?: { content?: string | { type: string; text?: string }[] };
}

/** Claude runs a message of one block that starts so as a command of its own. Paths are no commands. */
const COMMAND = /^\/[a-zA-Z][\w:-]*(?=\s|$)/;

/**
 * Reads one line of stdin; throws where it is no JSON.
 *
 * Of a message in several blocks the first is what the user wrote, and the last the only one claude would search for
 * a command.
 */
export function parseIncoming(line: string): Incoming {
  const { type, request_id, request, message } = JSON.parse(line) as Line;
  if (type === 'control_request' && request?.subtype === 'interrupt') {
    return { type: 'interrupt', requestId: request_id ?? '' };
  }
  if (type !== 'user') return { type: 'other' };
  const content = message?.content ?? '';
  const texts = typeof content === 'string' ? [content] : content.flatMap((block) => block.text ?? []);
  return { type: 'user', text: texts[0] ?? '', command: COMMAND.exec(texts.at(-1) ?? '')?.[0] ?? null };
}
