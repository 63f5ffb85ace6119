/** The type of a statement's parameters. */
export type SqlValue = string | number | boolean | Uint8Array | null;
