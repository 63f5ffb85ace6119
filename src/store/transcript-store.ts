/** A piece of an agent's transcript, without its content. */
export interface KeptPiece {
  n: number;
  /** The turn after which it was stored. */
  turnId: number;
  bytes: number;
  /** SHA-256, in hexadecimal digits. */
  digest: string;
}

/**
 * The agents' transcripts of their conversations, for a store that several machines share, so that an agent on another
 * machine can resume them. They only grow, except when an agent rewrites one.
 */
export interface TranscriptStore {
  /** In order. */
  kept(conversation: string): Promise<KeptPiece[]>;
  /** The files that belong to a conversation, kept under names that begin with its id and a slash. */
  beside(conversation: string): Promise<string[]>;
  read(conversation: string, n: number): Promise<Uint8Array | undefined>;
  /**
   * Adds a piece after those before it, and removes all later ones. Returns false when the turn is no longer its
   * owner's.
   */
  keep(
    turn: { id: number; sessionId: string; owner: string },
    conversation: string,
    piece: Omit<KeptPiece, 'turnId'>,
    content: Uint8Array,
  ): Promise<boolean>;
}
