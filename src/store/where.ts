import type { MessageFilter } from './message-store.ts';
import type { SessionFilter } from './session-store.ts';
import type { SqlValue } from './sql-value.ts';

/** The conditions of a statement with their parameters. A condition whose parameter is undefined is left out. */
export class Where {
  readonly params: SqlValue[] = [];
  readonly #conditions: string[] = [];

  add(condition: string, ...params: (SqlValue | undefined)[]): this {
    if (params.includes(undefined)) return this;
    this.#conditions.push(condition);
    this.params.push(...(params as SqlValue[]));
    return this;
  }

  get sql(): string {
    return `WHERE ${this.#conditions.join(' AND ')}`;
  }
}

/** The conditions for live and for trashed sessions, which are queried separately: each kind has its own index by activity. */
export function whereSessions(filter: SessionFilter): Where[] {
  const states = { live: ['IS NULL'], trashed: ['IS NOT NULL'], all: ['IS NULL', 'IS NOT NULL'] };
  return states[filter.trash ?? 'live'].map((state) =>
    new Where()
      .add(`trashed_at ${state}`)
      .add('root = ?', filter.root)
      .add('mode = ?', filter.mode)
      .add('study = ?', filter.study)
      .add('last_active_at >= ?', filter.activeSince),
  );
}

export function whereMessages(filter: MessageFilter): Where {
  return new Where()
    .add('messages.session_id = ?', filter.sessionId)
    .add('messages.id < ?', filter.before)
    .add('messages.id > ?', filter.after)
    .add('messages.role = ?', filter.role)
    .add('messages.created_at >= ?', filter.since);
}
