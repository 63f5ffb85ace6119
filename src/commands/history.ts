import { SessionError } from '../errors.ts';
import { openHistory } from '../library/history.ts';
import { ROLES } from '../model/model.ts';
import type { MessageOutput } from '../model/records.ts';
import { LongRecord } from '../output/json-text.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL, count, flag, limit, time } from './options.ts';

export const command = defineCommand({
  positionals: SESSION_POSITIONAL,
  options: {
    limit: limit('Only this many messages, the newest'),
    before: count('Only messages with a smaller id'),
    role: { choices: ROLES, describe: 'Only messages of this role' },
    since: time('Only messages since a time, or a duration ago (2h)'),
    tools: flag('With the tool calls'),
    markdown: flag('As Markdown'),
  },
  examples: [['session history nightly --json | jq length', 'how long it is']],
  async run(args, invocation) {
    const { format } = invocation.printer;
    if (args.markdown === true && format !== 'text')
      throw new SessionError('USAGE', `--markdown is text to read, not ${format}.`, {
        hint: 'Leave one of the two out.',
      });
    const { limit: newest, before, role, since } = args;
    const read = await openHistory(invocation, args.session, { limit: newest, before, role, since });
    const withTools = args.tools ?? false;
    await invocation.printer.records(toLongRecords(read(true)), async ({ paint }) => {
      const { renderMessages } = await import('../output/messages.ts');
      return renderMessages(read(withTools), { paint, isMarkdown: args.markdown ?? false, withTools });
    });
  },
});

async function* toLongRecords(messages: AsyncIterable<MessageOutput>): AsyncGenerator<object> {
  for await (const { content, ...rest } of messages)
    yield typeof content === 'string' ? { ...rest, content } : new LongRecord(rest, 'content', content);
}
