import type { Session } from '../model/model.ts';
import type { Store } from '../store/store.ts';
import type { ExportFormat } from '../transfer/export-text.ts';
import { openSession } from '../transfer/source.ts';
import type { Masking, OutgoingSession } from '../transfer/source.ts';
import type { Context } from './context.ts';

export type { ExportFormat, OutgoingSession };

const PAGE = 50;

export interface ExportRequest {
  /** By default all that are not in the trash. */
  sessions?: readonly string[] | undefined;
  /** Masks secrets, even if the settings don't. */
  redact?: boolean | undefined;
}

/** Opens sessions for an exporter, one after the other. Turns that run are left out, with a notice. */
export async function openExport(
  context: Context,
  { sessions: selectors, redact = false }: ExportRequest,
): Promise<{ title: string; outgoing: AsyncGenerator<OutgoingSession> }> {
  const store = await context.store('read');
  const chosen: Session[] = [];
  for (const selector of selectors ?? []) chosen.push(await context.select(selector, 'read', 'refused'));
  const masking = await chooseMasking(context, redact);
  const running = new Set((await store.turns.open()).map(({ sessionId }) => sessionId));
  async function* outgoing(): AsyncGenerator<OutgoingSession> {
    for await (const session of selectors === undefined ? everySession(store) : chosen) {
      if (running.has(session.id)) context.notice(`session ${session.id}: what is running is left out`);
      yield await openSession(store, session, masking);
    }
  }
  const [first] = chosen;
  const title = chosen.length === 1 ? (first!.name ?? `Session ${first!.id}`) : 'Sessions';
  return { title, outgoing: outgoing() };
}

/** An export as pieces of text. In formats with lines each piece consists of whole lines. */
export async function* exportText(
  context: Context,
  { format = 'jsonl', ...request }: ExportRequest & { format?: ExportFormat | undefined },
): AsyncGenerator<string> {
  const { title, outgoing } = await openExport(context, request);
  if (format === 'jsonl') {
    const { exportJsonl } = await import('../transfer/export-jsonl.ts');
    for await (const record of exportJsonl(outgoing)) yield `${JSON.stringify(record)}\n`;
  } else {
    const { renderExport } = await import('../transfer/export-text.ts');
    for await (const piece of renderExport(format, title, outgoing))
      yield typeof piece === 'string' ? piece : piece.styled;
  }
}

/** The masking that the settings or the caller ask for. */
async function chooseMasking(context: Context, isAsked: boolean): Promise<Masking | undefined> {
  const { redact } = await context.settings(context.place.cwd);
  if (!isAsked && !redact.enabled) return undefined;
  const { createRedactor } = await import('../turns/redact.ts');
  return createRedactor({ patterns: redact.patterns ?? null });
}

async function* everySession(store: Store): AsyncGenerator<Session> {
  for (let after = ''; ;) {
    const page = await store.transfer.pageSessions(after, PAGE);
    yield* page.filter(({ trashedAt }) => trashedAt === null);
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}
