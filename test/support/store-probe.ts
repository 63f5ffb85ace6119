/**
 * Uses a store once and prints the result as JSON: `{"sessions": n}`, or the error's code, message and hint, and
 * whether the store was open.
 *
 * argv: store, `read` or `write`, id of the session to insert when writing. AS_NOBODY: drops root's privileges.
 */
import { SessionError } from '../../src/errors.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import { newSession } from './store-model.ts';

const [path = '', access = 'read', id = '0000ffff'] = process.argv.slice(2);
const NOBODY = 65534;
if (process.env['AS_NOBODY'] !== undefined && process.getuid?.() === 0) {
  process.setgid!(NOBODY);
  process.setuid!(NOBODY);
}

let isOpen = false;

async function probe(): Promise<object> {
  const store = await openStore(path, { access: access === 'write' ? 'write' : 'read' });
  isOpen = true;
  if (access === 'write') await store.sessions.insert(newSession({ id }));
  const sessions = await store.sessions.count({ trash: 'all' });
  await store.close();
  return { sessions };
}

probe()
  .catch((error: unknown) => {
    if (!(error instanceof SessionError)) throw error;
    return { isOpen, code: error.code, message: error.message, hint: error.hint };
  })
  .then((outcome) => process.stdout.write(JSON.stringify(outcome)));
