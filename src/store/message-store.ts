import type { Message, Role } from '../model/model.ts';

export interface MessageFilter {
  sessionId: string;
  /** Only messages with a smaller id. */
  before?: number;
  /** Only messages with a greater id. */
  after?: number;
  role?: Role;
  since?: number;
  /** How many of the newest, given oldest first. */
  limit?: number;
  /** How many of the oldest, instead; for going through a history page by page. */
  first?: number;
}

export interface ListOptions {
  toolCalls?: boolean;
  whole?: boolean;
}

export interface MessageSearch {
  /** As a person typed it; see `parseSearch`. */
  text: string;
  sessionId?: string | undefined;
  role?: Role | undefined;
  since?: number | undefined;
  /** Only messages before this time. */
  until?: number | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  limit: number;
  /** `best`: the most relevant first, of equal ones the newest. */
  order: 'best' | 'newest';
  /** Words of context around the first match. */
  snippetWords?: number;
}

/** A stretch of a message around what was found. */
export interface Snippet {
  snippet: string;
  /** Where in it the words are, as UTF-16 ranges. */
  matches: [from: number, to: number][];
}

export interface SearchHit extends Snippet {
  messageId: number;
  turnId: number;
  sessionId: string;
  sessionName: string | null;
  role: Role;
  createdAt: number;
  /** Grows with relevance; only to be compared within one search. */
  score: number;
}

/** Messages of live sessions that hold all the words. */
export interface SearchResult {
  hits: SearchHit[];
  /** Whether there are more than the limit let through. */
  isCut: boolean;
}

/** The messages of all sessions. */
export interface MessageStore {
  /** Oldest first. Of a long content only the beginning is given, unless it is to be `whole`. */
  list(filter: MessageFilter, options?: ListOptions): Promise<Message[]>;
  /** A message's content in pieces, in order. */
  readContent(id: number): AsyncIterable<string>;
  /** The content of a file, in base64; undefined where no message has it (any more). */
  readFile(sha256: string): Promise<string | undefined>;
  search(search: MessageSearch): Promise<SearchResult>;
}
