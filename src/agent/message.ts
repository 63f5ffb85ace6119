/** Neutral, and free of anything the agent acts on: no leading slash, no at sign. */
const CLOSING = 'Please respond to the message above.';

/**
 * The stdin line that hands the agent one message and so begins a turn.
 *
 * The agent looks for `/commands` and `@files` only in the last text block of a message, so a short closing block
 * after the text makes it arrive verbatim, whatever it says. With `expand` the text is that last block. A `preface` is
 * news of ours that goes before it.
 */
export function buildUserLine(
  text: string,
  { expand = false, preface }: { expand?: boolean; preface?: string | undefined } = {},
): string {
  const blocks = [...(preface === undefined ? [] : [preface]), text, ...(expand ? [] : [CLOSING])];
  const content = blocks.map((block) => ({ type: 'text', text: block }));
  return `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`;
}

/** Whether a text block is the closing one of ours, and nothing that anybody said. */
export function isOwnClosing(text: string): boolean {
  return text === CLOSING;
}

/** The stdin line that asks the agent to stop the running turn and stay. */
export function buildInterruptLine(requestId: string): string {
  return `${JSON.stringify({ type: 'control_request', request_id: requestId, request: { subtype: 'interrupt' } })}\n`;
}
