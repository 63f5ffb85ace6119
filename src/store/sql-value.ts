/** What a parameter of a statement may be. */
export type SqlValue = string | number | boolean | Uint8Array | null;
