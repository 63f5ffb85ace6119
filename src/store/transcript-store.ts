/** A piece of an agent's transcript, without its content. */
export interface KeptPiece {
  n: number;
  /** The turn after which it was there. */
  turnId: number;
  bytes: number;
  /** SHA-256, in hexadecimal digits. */
  digest: string;
}

/**
 * The transcripts that agents keep of their conversations, for a store that several machines share: so that an agent on
 * another machine can go on with them. They only grow, but for one that its agent wrote anew.
 */
export interface TranscriptStore {
  /** In order. */
  kept(conversation: string): Promise<KeptPiece[]>;
  read(conversation: string, n: number): Promise<Uint8Array | undefined>;
  /** Puts a piece behind those before it, in place of all from there on. False when the turn is not its owner's any more. */
  keep(
    turn: { id: number; sessionId: string; owner: string },
    conversation: string,
    piece: Omit<KeptPiece, 'turnId'>,
    content: Uint8Array,
  ): Promise<boolean>;
}
