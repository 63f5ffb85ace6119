import { ROLES } from '../model/model.ts';
import type { Message } from '../model/model.ts';
import { settleIfWritable } from '../turns/settle.ts';
import { LongRecord } from '../output/json-text.ts';
import { toMessageRecord } from '../model/to-record.ts';
import type { MessageOutput } from '../output/messages.ts';
import type { Store } from '../store/store.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { parseCount, parseSince } from './values.ts';

const PAGE = 200;

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    limit: { alias: 'n', type: 'string', requiresArg: true, describe: 'Only the newest so many messages' },
    before: { type: 'string', requiresArg: true, describe: 'Only messages with a smaller id' },
    role: { choices: ROLES, describe: 'Only one side' },
    since: {
      type: 'string',
      requiresArg: true,
      describe: 'Only messages since a time, or a duration ago (2h)',
    },
    tools: { type: 'boolean', describe: 'With the tool calls' },
    markdown: { type: 'boolean', describe: 'As Markdown' },
  },
  examples: [['session history nightly --json | jq length', 'how long it is']],
  async run(args, invocation) {
    const session = await invocation.select(args.session, 'read');
    const store = await invocation.store('read');
    const limit = parseCount('--limit', args.limit);
    const filter = {
      sessionId: session.id,
      ...(args.role && { role: args.role }),
      ...(args.since !== undefined && { since: parseSince('--since', args.since) }),
    };
    await settleIfWritable({ store, paths: invocation.paths }, session);
    const withTools = args.tools === true || invocation.format !== 'text';
    const before = parseCount('--before', args.before);
    const messages = async function* (): AsyncGenerator<Message> {
      if (limit !== undefined) {
        const page = { ...filter, limit, ...(before !== undefined && { before }) };
        yield* await store.messages.list(page, { toolCalls: withTools });
        return;
      }
      for (let after = 0; ;) {
        const page = { ...filter, after, first: PAGE, ...(before !== undefined && { before }) };
        const found = await store.messages.list(page, { toolCalls: withTools });
        yield* found;
        if (found.length < PAGE) return;
        after = found.at(-1)!.id;
      }
    };
    if (invocation.format !== 'text') {
      const { renderRecords } = await import('../output/list.ts');
      await renderRecords(toLongRecords(store, messages()), invocation.format, invocation.writer);
      return;
    }
    const { choosePalette } = await import('../output/colour.ts');
    const { renderMessages } = await import('../output/messages.ts');
    await renderMessages(toOutputs(store, messages()), invocation.writer, {
      paint: choosePalette(invocation.io.stdout, invocation.io.env),
      isMarkdown: args.markdown ?? false,
      withTools,
    });
  },
});

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

async function* toLongRecords(store: Store, messages: AsyncIterable<Message>): AsyncGenerator<object> {
  for await (const { content, ...rest } of toOutputs(store, messages))
    yield typeof content === 'string' ? { ...rest, content } : new LongRecord(rest, 'content', content);
}
