import type { Message, Role } from '../model/model.ts';
import type { Store } from '../store/store.ts';

interface SearchQuery {
  /** All of them must occur, in upper or lower case. `begin*` matches words that begin with `begin`. */
  words: string[];
  role?: Role | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  limit: number;
}

export interface HistoryHit {
  message: Message;
  /** The part of the message around the match. */
  snippet: string;
}

interface SearchPage {
  /** Newest first. */
  hits: HistoryHit[];
  /** The `before` of the next query; undefined at the end. */
  next: number | undefined;
}

/** Access to the messages of one session, for the tools. */
export interface HistoryReader {
  search(query: SearchQuery): Promise<SearchPage>;
  /** At most `limit` messages before a given one, or the newest ones without it, oldest first. */
  page(before: number | undefined, limit: number): Promise<Message[]>;
  find(id: number): Promise<Message | undefined>;
}

/** Reads a session's messages from the store. */
export function readHistoryFrom({ messages }: Pick<Store, 'messages'>, sessionId: string): HistoryReader {
  async function find(id: number): Promise<Message | undefined> {
    const [message] = await messages.list(
      { sessionId, after: id - 1, before: id + 1 },
      { toolCalls: true, whole: true },
    );
    return message;
  }
  return {
    find,
    async page(before, limit) {
      return await messages.list(
        { sessionId, limit, ...(before !== undefined && { before }) },
        { toolCalls: true, whole: true },
      );
    },
    async search({ words, role, before, limit }) {
      const text = words.join(' ');
      const found = await messages.search({
        text,
        sessionId,
        role,
        before,
        limit,
        order: 'newest',
        snippetWords: SNIPPET_WORDS,
      });
      const hits: HistoryHit[] = [];
      for (const { messageId, snippet } of found.hits) {
        const message = await find(messageId);
        if (message !== undefined) hits.push({ message, snippet });
      }
      return { hits, next: found.isCut ? found.hits.at(-1)?.messageId : undefined };
    },
  };
}

const SNIPPET_WORDS = 48;
