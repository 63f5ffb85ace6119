import type { Message, Role } from '../model/model.ts';
import type { MessageOutput, MessageRecord } from '../model/records.ts';
import { toMessageRecord } from '../model/to-record.ts';
import type { Store } from '../store/store.ts';
import { settleIfWritable } from '../turns/settle.ts';
import type { Context } from './context.ts';
import { wholeText } from './whole-text.ts';

const PAGE = 200;

/** Which messages of a session; by default all. */
export interface HistoryRequest {
  /** Only this many, the newest. */
  limit?: number | undefined;
  /** Only messages with a smaller id. */
  before?: number | undefined;
  role?: Role | undefined;
  /** Only messages since this time, in milliseconds since 1970. */
  since?: number | undefined;
}

/** Opens the messages of a session, oldest first, for repeated reading. Long content is read on demand. */
export async function openHistory(
  context: Context,
  selector: string,
  { limit, before, role, since }: HistoryRequest,
): Promise<(toolCalls: boolean) => AsyncGenerator<MessageOutput>> {
  const session = await context.select(selector, 'read');
  const store = await context.store('read');
  const filter = {
    sessionId: session.id,
    ...(role && { role }),
    ...(since !== undefined && { since }),
    ...(before !== undefined && { before }),
  };
  await settleIfWritable({ store, paths: context.paths, env: context.place.env }, session);
  async function* read(toolCalls: boolean): AsyncGenerator<Message> {
    if (limit !== undefined) return yield* await store.messages.list({ ...filter, limit }, { toolCalls });
    for (let after = 0; ;) {
      const found = await store.messages.list({ ...filter, after, first: PAGE }, { toolCalls });
      yield* found;
      if (found.length < PAGE) return undefined;
      after = found.at(-1)!.id;
    }
  }
  return (toolCalls) => toOutputs(store, read(toolCalls));
}

async function* toOutputs(store: Store, messages: AsyncIterable<Message>): AsyncGenerator<MessageOutput> {
  for await (const message of messages) {
    const record = toMessageRecord(message);
    const content = {
      [Symbol.asyncIterator]: () => store.messages.readContent(message.id)[Symbol.asyncIterator](),
    };
    yield message.isCut ? { ...record, content } : record;
  }
}

/** The messages, with each content in one piece. */
export async function* readWhole(
  messages: AsyncIterable<MessageOutput>,
): AsyncGenerator<MessageRecord, void, undefined> {
  for await (const { content, ...rest } of messages) yield { ...rest, content: await wholeText(content) };
}
