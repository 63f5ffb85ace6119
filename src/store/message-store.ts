import type { Message, Role } from '../model/model.ts';

export interface MessageFilter {
  sessionId: string;
  /** Only messages with a smaller id. */
  before?: number;
  /** Only messages with a greater id. */
  after?: number;
  role?: Role;
  since?: number;
  /** How many of the newest messages; they are returned oldest first. */
  limit?: number;
  /** How many of the oldest messages instead, for reading a history page by page. */
  first?: number;
}

export interface ListOptions {
  toolCalls?: boolean;
  whole?: boolean;
}

export interface MessageSearch {
  /** The query as the user typed it; see `parseSearch`. */
  text: string;
  sessionId?: string | undefined;
  role?: Role | undefined;
  since?: number | undefined;
  /** Only messages before this time. */
  until?: number | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  limit: number;
  /** `best`: the most relevant first; among equally relevant ones, the newest first. */
  order: 'best' | 'newest';
  /** Words of context around the first match. */
  snippetWords?: number;
}

/** The part of a message around the match. */
export interface Snippet {
  snippet: string;
  /** The positions of the words in it, as UTF-16 ranges. */
  matches: [from: number, to: number][];
}

export interface SearchHit extends Snippet {
  messageId: number;
  turnId: number;
  sessionId: string;
  sessionName: string | null;
  role: Role;
  createdAt: number;
  /** Higher is more relevant. Compare it only within one search. */
  score: number;
}

/** Messages of live sessions that contain all the words. */
export interface SearchResult {
  hits: SearchHit[];
  /** Whether there are more than the limit. */
  isCut: boolean;
}

/** The messages of all sessions. */
export interface MessageStore {
  /** Lists messages, oldest first. Long content is cut to its beginning, unless `whole` is set. */
  list(filter: MessageFilter, options?: ListOptions): Promise<Message[]>;
  /** Reads a message's content in pieces, in order. */
  readContent(id: number): AsyncIterable<string>;
  /** Reads the content of a file, in base64. Returns undefined when no message has it. */
  readFile(sha256: string): Promise<string | undefined>;
  search(search: MessageSearch): Promise<SearchResult>;
}
