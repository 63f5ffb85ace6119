import type { TextSource } from '../model/records.ts';

/** Joins a text that comes in pieces. */
export async function wholeText(source: TextSource): Promise<string> {
  if (typeof source === 'string') return source;
  const parts: string[] = [];
  for await (const part of source) parts.push(part);
  return parts.join('');
}
