import type { ContentBlock, RecordedRequest } from '../support/fake-api.ts';

/** A conversation as the API was told it: `role: text` for each text block, without claude's own additions. */
export function toldConversation(request: RecordedRequest | undefined): string[] {
  return (request?.body.messages ?? [])
    .filter(({ role }) => role !== 'system')
    .flatMap(({ role, content }) => texts(content).map((text) => `${role}: ${text}`))
    .filter((line) => !line.startsWith('user: <system-reminder>'));
}

/** The text blocks of the last user message: what the turn's message became. */
export function lastUserTexts(request: RecordedRequest | undefined): string[] {
  return texts(request?.body.messages.findLast(({ role }) => role === 'user')?.content ?? []);
}

/** All text blocks of user messages. */
export function userTexts(request: RecordedRequest | undefined): string[] {
  return (request?.body.messages ?? [])
    .filter(({ role }) => role === 'user')
    .flatMap(({ content }) => texts(content));
}

/** The whole system prompt. */
export function systemPrompt(request: RecordedRequest | undefined): string {
  return (request?.body.system ?? []).map(({ text }) => text).join('\n');
}

function texts(content: string | ContentBlock[]): string[] {
  if (typeof content === 'string') return [content];
  return content.flatMap((block) => (block.type === 'text' ? [block.text ?? ''] : []));
}
