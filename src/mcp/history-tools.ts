import * as v from 'valibot';
import { ROLES } from '../model/model.ts';
import { SessionError } from '../errors.ts';
import { joinBounded, MAX_ANSWER_CHARS } from './answer-size.ts';
import { readHistoryFrom } from './history-reader.ts';
import type { HistoryReader } from './history-reader.ts';
import { renderMessage, renderPage, renderSnippet } from './message-text.ts';
import { defineTool } from './tool.ts';
import type { Tool, ToolContext } from './tool.ts';

const messageId = v.pipe(v.number(), v.integer(), v.minValue(0));

const searchInput = v.object({
  query: v.pipe(
    v.string(),
    v.regex(/\S/, 'must hold a word'),
    v.maxLength(200),
    v.description('Words that must all occur, in any case.'),
  ),
  role: v.optional(v.pipe(v.picklist(ROLES), v.description('Only messages of this side.'))),
  before: v.optional(
    v.pipe(messageId, v.description('Only messages before this id: the way to the next page.')),
  ),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50), v.description('Messages at most (10).')),
    10,
  ),
});

const readInput = v.object({
  id: v.optional(v.pipe(messageId, v.description('Only the message with this id.'))),
  offset: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.description('With id: the character to start at, to read on in a long message.'),
    ),
    0,
  ),
  before: v.optional(v.pipe(messageId, v.description('The messages before this id: the way further back.'))),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(50), v.description('Messages at most (10).')),
    10,
  ),
});

const SESSION_ID = /^[0-9a-f]{8}$/;

/** Tools for all messages of this session, including those that the agent's conversation does not contain. */
export function historyTools({ sessionId, withStore }: ToolContext): Tool[] {
  async function withHistory(use: (history: HistoryReader) => Promise<string>): Promise<string> {
    if (!sessionId)
      throw new SessionError(
        'NO_SESSION',
        'This server runs outside a session (CLAUDE_SESSION_ID is not set), so there is no history to read.',
      );
    if (!SESSION_ID.test(sessionId))
      throw new SessionError(
        'NO_SESSION',
        `CLAUDE_SESSION_ID is not the id of a session: ${JSON.stringify(sessionId)}.`,
      );
    return await withStore((store) => use(readHistoryFrom(store, sessionId)));
  }
  return [
    defineTool({
      name: 'search_history',
      title: 'Search this session',
      description:
        'Finds earlier messages of this session by words (or characters, in scripts without spaces), newest first, also ones no longer in your context. Read them whole with read_messages.',
      input: searchInput,
      run: ({ query, role, before, limit }) =>
        withHistory(async (history) => {
          const words = query.split(/\s+/).filter(Boolean);
          const { hits, next } = await history.search({ words, role, before, limit });
          const more = next === undefined ? [] : [`There may be more: search again with before ${next}.`];
          if (hits.length === 0) return [`No message holds all of: ${words.join(' ')}.`, ...more].join(' ');
          const parts = hits.map(renderSnippet);
          return joinBounded(
            [...parts, ...more],
            (shown) => `Cut: search again with before ${hits[shown - 1]!.message.id}.`,
          );
        }),
    }),
    defineTool({
      name: 'read_messages',
      title: 'Read this session',
      description:
        'Reads messages of this session, oldest first: the latest ones, those before a message id, or one by its id. Reaches back to the first message.',
      input: readInput,
      run: ({ id, offset, before, limit }) =>
        withHistory(async (history) => {
          if (id === undefined) return renderPage(await history.page(before, limit), limit, MAX_ANSWER_CHARS);
          const message = await history.find(id);
          if (message === undefined)
            throw new SessionError('NO_SESSION', `This session has no message ${id}.`);
          return renderMessage(message, offset, MAX_ANSWER_CHARS);
        }),
    }),
  ];
}
