import { openStore } from '../../src/store/sqlite/open.ts';
import { openStore as openPostgres } from '../../src/store/postgres/open.ts';
import type { Store } from '../../src/store/store.ts';
import { createDatabase } from '../support/postgres.ts';
import { makeDirectory } from '../support/store-program.ts';

/** A new, empty store, and ways to open it again, as another process would. */
export interface Subject {
  open(): Promise<Store>;
}

/** The kinds of store that the contract is tried on. */
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

/** Chosen by TEST_STORE; the embedded store without it. */
export async function makeSubject(): Promise<Subject> {
  return await SUBJECTS[process.env.TEST_STORE ?? 'sqlite']!();
}
