import { cutHead } from '../text/markdown.ts';
import type { Message, Role } from '../model/model.ts';
import { normalise } from '../store/search-text.ts';
import type { Store } from '../store/store.ts';

interface SearchQuery {
  /** Every one must occur, in any case; `begin*` stands for words that begin so. */
  words: string[];
  role?: Role | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  limit: number;
}

export interface HistoryHit {
  message: Message;
  /** The part of it around what was found. */
  snippet: string;
}

interface SearchPage {
  /** Newest first. */
  hits: HistoryHit[];
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

type HistorySource = Pick<Store, 'listMessages' | 'searchMessages' | 'unindexedBelow'>;

/** Reads a session's messages from the store. */
export function readHistoryFrom(store: HistorySource, sessionId: string): HistoryReader {
  async function find(id: number): Promise<Message | undefined> {
    const [message] = await store.listMessages(
      { sessionId, after: id - 1, before: id + 1 },
      { toolCalls: true, whole: true },
    );
    return message;
  }
  return {
    find,
    async page(before, limit) {
      return await store.listMessages(
        { sessionId, limit, ...(before !== undefined && { before }) },
        { toolCalls: true, whole: true },
      );
    },
    async search({ words, role, before, limit }) {
      if ((await store.unindexedBelow()) > 0)
        return await scan(store, sessionId, { words, role, before, limit });
      const text = words.join(' ');
      const found = await store.searchMessages({
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
const SNIPPET_CHARS = 300;
const PAGE = 25;
const MAX_LOOKED_AT = 2000;

/** Searches backwards, a bounded number of messages at a time: for a store whose older messages have no index yet. */
async function scan(
  store: Pick<Store, 'listMessages'>,
  sessionId: string,
  { words, role, before, limit }: SearchQuery,
): Promise<SearchPage> {
  const wanted = words.map(toComparable);
  const hits: HistoryHit[] = [];
  let next = before;
  for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT; lookedAt += PAGE) {
    const filter = {
      sessionId,
      limit: PAGE,
      ...(next !== undefined && { before: next }),
      ...(role && { role }),
    };
    const messages = await store.listMessages(filter, { toolCalls: true, whole: true });
    for (const message of messages.toReversed()) {
      next = message.id;
      const content = toComparable(message.content);
      const places = wanted.map((word) => content.indexOf(word));
      if (!places.includes(-1))
        hits.push({ message, snippet: cutAround(message.content, Math.min(...places)) });
      if (hits.length === limit) return { hits, next };
    }
    if (messages.length < PAGE) return { hits, next: undefined };
  }
  return { hits, next };
}

function toComparable(text: string): string {
  return normalise(text).toLowerCase();
}

function cutAround(content: string, place: number): string {
  const start = Math.max(0, place - SNIPPET_CHARS / 3);
  const text = cutHead(content.slice(start), SNIPPET_CHARS);
  return `${start > 0 ? '…' : ''}${text}${start + text.length < content.length ? '…' : ''}`;
}
