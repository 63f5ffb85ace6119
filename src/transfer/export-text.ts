import type { Piece } from '../output/printer.ts';
import type { OutgoingSession } from './source.ts';

/** The first is for import, the others are for people. */
export const EXPORT_FORMATS = ['jsonl', 'markdown', 'html'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Exports sessions as Markdown or HTML. */
export async function* renderExport(
  format: Exclude<ExportFormat, 'jsonl'>,
  title: string,
  sessions: AsyncIterable<OutgoingSession>,
): AsyncGenerator<Piece> {
  if (format === 'markdown') yield* (await import('./export-markdown.ts')).exportMarkdown(sessions);
  else yield* (await import('./export-html.ts')).exportHtml(sessions, title);
}
