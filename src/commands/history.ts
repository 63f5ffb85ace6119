import { ROLES } from '../model/model.ts';
import type { Message } from '../model/model.ts';
import { settleIfWritable } from '../turns/settle.ts';
import { LongRecord } from '../output/json-text.ts';
import { toMessageRecord } from '../model/to-record.ts';
import type { MessageOutput } from '../output/messages.ts';
import type { MessageFilter } from '../store/message-store.ts';
import type { Store } from '../store/store.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, count, flag, limit, time } from './options.ts';

const PAGE = 200;

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    limit: limit('Only the newest so many messages'),
    before: count('Only messages with a smaller id'),
    role: { choices: ROLES, describe: 'Only one side' },
    since: time('Only messages since a time, or a duration ago (2h)'),
    tools: flag('With the tool calls'),
    markdown: flag('As Markdown'),
  },
  examples: [['session history nightly --json | jq length', 'how long it is']],
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'read');
    const store = await invocation.store('read');
    const filter = {
      sessionId: session.id,
      ...(args.role && { role: args.role }),
      ...(args.since !== undefined && { since: args.since }),
      ...(args.before !== undefined && { before: args.before }),
    };
    await settleIfWritable({ store, paths: invocation.paths }, session);
    const withTools = args.tools ?? false;
    const read = (toolCalls: boolean): AsyncGenerator<MessageOutput> =>
      toOutputs(store, readMessages(store, filter, args.limit, toolCalls));
    await invocation.printer.records(toLongRecords(read(true)), async ({ paint }) => {
      const { renderMessages } = await import('../output/messages.ts');
      return renderMessages(read(withTools), { paint, isMarkdown: args.markdown ?? false, withTools });
    });
  },
});

/** The newest, or all of them page by page. */
async function* readMessages(
  store: Store,
  filter: MessageFilter,
  newest: number | undefined,
  toolCalls: boolean,
): AsyncGenerator<Message> {
  if (newest !== undefined)
    return yield* await store.messages.list({ ...filter, limit: newest }, { toolCalls });
  for (let after = 0; ;) {
    const found = await store.messages.list({ ...filter, after, first: PAGE }, { toolCalls });
    yield* found;
    if (found.length < PAGE) return undefined;
    after = found.at(-1)!.id;
  }
}

/** Long contents are read as they are printed. */
async function* toOutputs(store: Store, messages: AsyncIterable<Message>): AsyncGenerator<MessageOutput> {
  for await (const message of messages) {
    const record = toMessageRecord(message);
    const content = {
      [Symbol.asyncIterator]: () => store.messages.readContent(message.id)[Symbol.asyncIterator](),
    };
    yield message.isCut ? { ...record, content } : record;
  }
}

async function* toLongRecords(messages: AsyncIterable<MessageOutput>): AsyncGenerator<object> {
  for await (const { content, ...rest } of messages)
    yield typeof content === 'string' ? { ...rest, content } : new LongRecord(rest, 'content', content);
}
