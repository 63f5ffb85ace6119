/** The types that files of messages may have. */
export const MEDIA_TYPES = [
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
  'text/plain',
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];

/** A file that was sent with a message. Files with the same content (by SHA-256) are stored once. */
export interface MessageFile {
  name: string;
  mediaType: MediaType;
  bytes: number;
  sha256: string;
}

/** A file with its content in base64. */
export interface NewFile extends Pick<MessageFile, 'name' | 'mediaType'> {
  content: string;
}
