import { parseTags } from '../sessions/names.ts';
import { SessionError } from '../errors.ts';
import { oneLine } from '../text/safe-text.ts';
import { defineCommand } from './define.ts';
import { SESSION_POSITIONAL } from './options.ts';
import { changeAndPrint, printSession } from './session-output.ts';

export const command = defineCommand({
  positionals: {
    ...SESSION_POSITIONAL,
    tag: { type: 'string', array: true, default: [], describe: 'key=value or key, to add or change' },
  },
  options: {
    remove: { type: 'string', array: true, nargs: 1, describe: 'Key to remove; may be repeated' },
  },
  examples: [
    ['session tag nightly team=fem ci', 'adds or changes two tags'],
    ['session tag nightly --remove ci', 'removes one'],
    ['session tag nightly', 'prints them'],
  ],
  async run(args, invocation) {
    const added = parseTags([...args.tag]);
    const removed = args.remove ?? [];
    const both = removed.find((key) => key in added);
    if (both !== undefined)
      throw new SessionError('USAGE', `The tag "${both}" is both to be added and removed.`);
    const isChange = args.tag.length + removed.length > 0;
    const session = await invocation.select(args.session, isChange ? 'write' : 'read');
    if (isChange)
      return await changeAndPrint(invocation, session, (store) =>
        store.sessions.change(session.id, { addTags: added, removeTags: removed }),
      );
    if (invocation.format !== 'text') return await printSession(invocation, session);
    for (const [key, value] of Object.entries(session.tags))
      await invocation.writer.write(`${oneLine(value === '' ? key : `${key}=${value}`)}\n`);
    return undefined;
  },
});
