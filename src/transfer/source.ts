import type { Session, ToolCall, Turn } from '../model/model.ts';
import type { NewFile } from '../model/message-file.ts';
import type { RecordedChange } from '../model/session-change.ts';
import type { StoredMessage, StoredTurn } from '../store/transfer-store.ts';
import type { Store } from '../store/store.ts';

const PAGE = 20;

/** A session for an exporter. It is read while it is written. Possible secrets are masked if requested. */
export interface OutgoingSession {
  session: Session;
  changes: RecordedChange[];
  turns(): AsyncIterable<StoredTurn>;
  /** A message's content in pieces. */
  pieces(message: StoredMessage): AsyncIterable<string> | Iterable<string>;
  /** The files of a message, with their content. */
  files(message: StoredMessage): AsyncIterable<NewFile>;
}

/** Functions that mask secrets (see turns/redact.ts). */
export interface Masking {
  text(text: string): string;
  json(value: unknown): unknown;
  /** Masks one text in pieces, and maps positions in it to positions in the masked text. */
  mask(): {
    add(text: string): void;
    takeSafe(): string;
    takeAll(): string;
    toMasked(offset: number): number;
  };
}

/** Opens a session for an exporter. Memory is bounded by a few turns. */
export async function openSession(
  store: Store,
  session: Session,
  masking: Masking | undefined,
): Promise<OutgoingSession> {
  const changes = await store.sessions.changes(session.id);
  async function* turns(): AsyncGenerator<StoredTurn> {
    for (let after = 0; ;) {
      const page = await store.transfer.pageTurns(session.id, after, PAGE);
      for (const turn of page) yield masking === undefined ? turn : maskTurn(turn, masking);
      if (page.length < PAGE) return;
      after = page.at(-1)!.turn.id;
    }
  }
  return {
    session: masking === undefined ? session : maskSession(session, masking),
    changes: masking === undefined ? changes : changes.map((change) => maskChange(change, masking)),
    turns,
    async *files({ files }) {
      for (const { name, mediaType, sha256 } of files) {
        const file = { name, mediaType, content: (await store.messages.readFile(sha256)) ?? '' };
        yield masking === undefined ? file : maskFile(file, masking);
      }
    },
    pieces(message) {
      if (!message.isCut) return [message.content];
      const pieces = store.messages.readContent(message.id);
      return masking === undefined ? pieces : maskPieces(pieces, masking);
    },
  };
}

function maskSession(session: Session, { text, json }: Masking): Session {
  return {
    ...session,
    name: session.name && text(session.name),
    systemPrompt: session.systemPrompt && text(session.systemPrompt),
    attachments: session.attachments.map(({ path, content }) => ({ path, content: text(content) })),
    tags: json(session.tags) as Session['tags'],
  };
}

/** Masks a file, if it is text. */
export function maskFile(file: NewFile, { text }: Masking): NewFile {
  if (file.mediaType !== 'text/plain') return file;
  const masked = text(Buffer.from(file.content, 'base64').toString());
  return { ...file, content: Buffer.from(masked).toString('base64') };
}

function maskChange(change: RecordedChange, { json }: Masking): RecordedChange {
  return { ...change, from: json(change.from), to: json(change.to) };
}

/** Masks the fields of a turn's end that may contain secrets. */
export function maskEnd<End extends Pick<Turn, 'errorMessage' | 'permissionDenials' | 'output'>>(
  end: End,
  { text, json }: Masking,
): End {
  return {
    ...end,
    errorMessage: end.errorMessage && text(end.errorMessage),
    permissionDenials: json(end.permissionDenials) as Turn['permissionDenials'],
    output: json(end.output),
  };
}

/** Masks a call, and sets its position in the masked answer. */
export function maskCall<Call extends Omit<ToolCall, 'turnId'>>(
  call: Call,
  answer: Pick<ReturnType<Masking['mask']>, 'toMasked'> | undefined,
  { text, json }: Masking,
): Call {
  return {
    ...call,
    input: json(call.input),
    result: call.result && text(call.result),
    textOffset: answer?.toMasked(call.textOffset) ?? call.textOffset,
  };
}

/** Masks a turn. In an answer too long for its row, the positions of tool calls are not adjusted. */
function maskTurn({ turn, messages, toolCalls, isCopy }: StoredTurn, masking: Masking): StoredTurn {
  const { text } = masking;
  const answer = masking.mask();
  const said = messages.find(({ role, isCut }) => role === 'assistant' && !isCut);
  answer.add(said?.content ?? '');
  const masked = answer.takeAll();
  return {
    isCopy,
    turn: maskEnd(turn, masking),
    messages: messages.map((message) => {
      if (message.isCut) return message;
      return { ...message, content: message === said ? masked : text(message.content) };
    }),
    toolCalls: toolCalls.map((call) => maskCall(call, answer, masking)),
  };
}

async function* maskPieces(pieces: AsyncIterable<string>, masking: Masking): AsyncGenerator<string> {
  const mask = masking.mask();
  for await (const piece of pieces) {
    mask.add(piece);
    const safe = mask.takeSafe();
    if (safe !== '') yield safe;
  }
  yield mask.takeAll();
}
