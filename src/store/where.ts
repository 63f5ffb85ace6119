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
