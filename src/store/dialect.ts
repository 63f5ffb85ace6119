import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import type { MessageRow, ModeSwitchRow, SessionRow, ToolCallRow, TurnRow } from './rows.ts';

interface Tables {
  sessions: SessionRow & { rowid: number };
  turns: TurnRow;
  messages: MessageRow;
  message_parts: { message_id: number; n: number; content: string };
  tool_calls: ToolCallRow & { n: number };
  mode_switches: ModeSwitchRow & { id: number };
}

/**
 * Builds the statements whose shape depends on what was asked; `compile()` them and run them in a transaction.
 *
 * Import it lazily: it costs a quarter of the start-up of a bare Node process, which fixed statements need not pay.
 */
export const queries = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
});
