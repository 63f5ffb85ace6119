import type { Message, Role } from '../core/model.ts';
import type { Store } from '../store/store.ts';

interface SearchQuery {
  /** Every word must occur, in any case. */
  words: string[];
  role?: Role | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  limit: number;
}

interface SearchPage {
  /** Newest first. */
  hits: Message[];
  /** Where to go on with `before`; undefined when everything was looked at. */
  next: number | undefined;
}

/** The messages of one session, as the tools need them. */
export interface HistoryReader {
  search(query: SearchQuery): Promise<SearchPage>;
  /** The newest so many before a message (of all, without one), oldest first. */
  page(before: number | undefined, limit: number): Promise<Message[]>;
  find(id: number): Promise<Message | undefined>;
}

const PAGE = 25;
const MAX_LOOKED_AT = 2000;

/** Reads a session's messages from the store, searching backwards, a bounded number at a time. */
export function readHistoryFrom(store: Pick<Store, 'listMessages'>, sessionId: string): HistoryReader {
  async function page(before: number | undefined, limit: number, role?: Role): Promise<Message[]> {
    const filter = {
      sessionId,
      limit,
      ...(before === undefined ? {} : { before }),
      ...(role === undefined ? {} : { role }),
    };
    return store.listMessages(filter, { toolCalls: true, whole: true });
  }
  return {
    page,
    async find(id) {
      const [message] = await store.listMessages(
        { sessionId, after: id - 1, before: id + 1 },
        { toolCalls: true, whole: true },
      );
      return message;
    },
    async search({ words, role, before, limit }) {
      const wanted = words.map((word) => word.toLowerCase());
      const hits: Message[] = [];
      let next = before;
      for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; lookedAt += PAGE) {
        const messages = await page(next, PAGE, role);
        for (const message of messages.toReversed()) {
          next = message.id;
          if (wanted.every((word) => message.content.toLowerCase().includes(word))) hits.push(message);
          if (hits.length === limit) return { hits, next };
        }
        if (messages.length < PAGE) return { hits, next: undefined };
      }
      return { hits, next };
    },
  };
}
