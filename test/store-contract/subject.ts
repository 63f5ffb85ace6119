import { openStore } from '../../src/store/sqlite/open.ts';
import { openStore as openPostgres } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createDatabase } from '../support/postgres.ts';
import { makeDirectory } from '../support/store-program.ts';

/** A new, empty store, and functions to open it again like another process. */
export interface Subject {
  open(): Promise<Store>;
}

/** The kinds of store that the contract is tested with. */
const SUBJECTS: Record<string, () => Promise<Subject>> = {
  sqlite: async () => {
    const path = `${makeDirectory()}/sessions.sqlite`;
    return { open: () => openStore(path, { access: 'write' }) };
  },
  postgres: async () => {
    const url = await createDatabase(process.env['TEST_POSTGRES']!);
    return { open: () => openPostgres(url, { access: 'write' }) };
  },
};

/** TEST_STORE selects the kind. The default is the embedded store. */
export async function makeSubject(): Promise<Subject> {
  return await SUBJECTS[process.env.TEST_STORE ?? 'sqlite']!();
}
