import { STOP_REASONS } from '../library/stop-request.ts';
import { backUpStore, findStorePath, migrateStore, readStoreStatus } from '../library/store.ts';
import { SessionError } from '../errors.ts';
import type { StorePathRecord } from '../model/records.ts';
import { defineCommand } from './define.ts';
import type { Invocation } from './invocation.ts';
import { flag, text } from './options.ts';

const STORE_ACTIONS = ['status', 'path', 'backup', 'migrate', 'copy'] as const;

export const command = defineCommand({
  positionals: {
    action: { choices: STORE_ACTIONS, demandOption: true, describe: 'What to do' },
    file: {
      type: 'string',
      completes: ({ action }) => (action === 'backup' ? 'files' : undefined),
      describe: 'The file to write the backup to',
    },
  },
  options: {
    force: flag('Let a backup replace an existing file'),
    to: text('Target of a copy of all sessions: a database, or the file of a store', { completes: 'files' }),
  },
  examples: [
    ['session store backup sessions-$(date +%F).sqlite', 'a consistent copy, whatever runs meanwhile'],
    ['session store status --json', 'sizes, counts, and who holds the lock'],
    ['session store migrate', 'set up the database that store.url names, or bring it up to date'],
    [
      'session store copy --to postgres://me@db/session',
      'all sessions into a database; again for what is new',
    ],
  ],
  async run({ action, file, force, to }, invocation) {
    if (to !== undefined && action !== 'copy')
      throw new SessionError('USAGE', `store ${action} does not take --to.`);
    if (action === 'backup') return await backup(invocation, file, force === true);
    if (file !== undefined) throw new SessionError('USAGE', `store ${action} does not take "${file}".`);
    if (force !== undefined) throw new SessionError('USAGE', `store ${action} does not take --force.`);
    const { printer } = invocation;
    if (action === 'path') {
      const path = await findStorePath(invocation);
      return await printer.record({ path } satisfies StorePathRecord, `${path}\n`);
    }
    if (action === 'copy') return await (await import('./store-copy.ts')).copy(invocation, to);
    if (action === 'migrate') return await migrate(invocation);
    const { renderStoreStatus } = await import('../output/store.ts');
    const record = await readStoreStatus(invocation);
    return await printer.record(record, renderStoreStatus(record));
  },
});

/** Creates or updates the store's schema, as the first command that writes does too. */
async function migrate(invocation: Invocation): Promise<void> {
  const record = await migrateStore(invocation);
  const { path, from, to } = record;
  invocation.notice(from === to ? `${path} is up to date` : `${path} has schema ${to} now`);
  await invocation.printer.record(record);
}

async function backup(invocation: Invocation, file: string | undefined, force: boolean): Promise<void> {
  if (file === undefined || file === '')
    throw new SessionError('USAGE', 'store backup takes the name of a file.', {
      hint: 'For example: session store backup sessions.backup',
    });
  const stop = new AbortController();
  const off = invocation.io.onSignal((signal) =>
    stop.abort(new SessionError(STOP_REASONS[signal].code, 'The backup was interrupted; no file was made.')),
  );
  try {
    const record = await backUpStore(invocation, file, { force, signal: stop.signal });
    const { formatSize } = await import('../output/size.ts');
    invocation.notice(`${record.file}: ${formatSize(record.bytes)}, checked`);
    await invocation.printer.record(record);
  } finally {
    off();
  }
}
