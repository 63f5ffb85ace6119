import type * as records from '../model/records.ts';
import type { Abortable } from './abort.ts';
import type { ExportFormat, ExportRequest } from './export.ts';
import type { ImportOptions, ImportSource } from './import.ts';
import { SessionTurns } from './session-turns.ts';
import type { SettingValue, SettingsRequest } from './settings.ts';

/** The methods for maintenance, export and import. */
export class Upkeep extends SessionTurns {
  /**
   * Sessions as text, in pieces; by default all that are not in the trash. `jsonl`, the default, is for `import`. The
   * other formats are for people.
   */
  async *export({
    signal,
    ...request
  }: ExportRequest & { format?: ExportFormat | undefined } & Abortable = {}): AsyncGenerator<
    string,
    void,
    undefined
  > {
    const { exportText } = await import('./export.ts');
    const pieces = await this.opened.do({ signal, ...request }, async (context) =>
      exportText(context, request),
    );
    yield* this.opened.through(pieces, signal);
  }

  /** Imports exports and transcripts of claude, from files or as text. Existing sessions and turns are not changed. */
  async import(
    sources: readonly ImportSource[],
    options: ImportOptions & Abortable = {},
  ): Promise<records.ImportRecord[]> {
    return await this.opened.do({ ...options, sources: sources ?? null }, async (context, signal) => {
      const { importSources } = await import('./import.ts');
      return await importSources(context, sources, options, { signal });
    });
  }

  /** Checks everything that sessions of a root need; see `status` of each check. Repairs nothing. */
  async *doctor({ root, signal }: SettingsRequest & Abortable = {}): AsyncGenerator<
    records.CheckRecord,
    void,
    undefined
  > {
    const { openChecks } = await import('./doctor.ts');
    const checks = await this.opened.do({ signal, root }, async (context) => openChecks(context, root));
    yield* this.opened.through(checks, signal);
  }

  /** All effective settings of a root, with the source of each. */
  async settings(options: SettingsRequest & Abortable = {}): Promise<records.SettingRecord[]> {
    return await this.opened.do(options, async (context) => {
      const { listSettings } = await import('./settings.ts');
      return await listSettings(context, options);
    });
  }

  /** Sets a setting, or a server as `mcpServers.<name>`, in the user's config.json. Throws SETTINGS_INVALID. */
  async setSetting(
    name: string,
    value: SettingValue,
    options: Abortable = {},
  ): Promise<records.SettingRecord> {
    return await this.opened.do({ ...options, name, value: value ?? null }, async (context) => {
      const { changeSetting } = await import('./settings.ts');
      return await changeSetting(context, name, value, {});
    });
  }

  /** Removes a setting from the user's config.json; false when it was not there. */
  async unsetSetting(name: string, options: Abortable = {}): Promise<boolean> {
    return await this.opened.do(options, async (context) => {
      const { removeSetting } = await import('./settings.ts');
      return await removeSetting(context, name);
    });
  }

  /** The roots that are listed as trusted, and whether they still are. */
  async trusted(options: Abortable = {}): Promise<records.TrustRecord[]> {
    return await this.opened.do(options, async (context) => {
      const { listTrusted } = await import('./trust.ts');
      return await listTrusted(context);
    });
  }

  /** Allows the MCP servers, settings and hooks of a root. Throws USAGE when another user can change it. */
  async trust(root: string, options: Abortable = {}): Promise<records.TrustRecord> {
    return await this.opened.do(options, async (context) => {
      const { addTrust } = await import('./trust.ts');
      return await addTrust(context, root);
    });
  }

  async untrust(root: string, options: Abortable = {}): Promise<records.TrustRecord> {
    return await this.opened.do(options, async (context) => {
      const { removeTrust } = await import('./trust.ts');
      return await removeTrust(context, root);
    });
  }

  /** The status of the store, and the owner of its lock. */
  async storeStatus(options: Abortable = {}): Promise<records.StoreStatusRecord> {
    return await this.opened.do(options, async (context) => {
      const { readStoreStatus } = await import('./store.ts');
      return await readStoreStatus(context);
    });
  }

  /** Creates or updates the store's schema, as the first write does too. */
  async migrateStore(options: Abortable = {}): Promise<records.StoreMigrateRecord> {
    return await this.opened.do(options, async (context) => {
      const { migrateStore } = await import('./store.ts');
      return await migrateStore(context);
    });
  }

  /**
   * Writes a consistent copy of the embedded store to a file. Throws USAGE for an existing file, unless `force` is set.
   */
  async backUpStore(
    file: string,
    { force = false, ...options }: { force?: boolean | undefined } & Abortable = {},
  ): Promise<records.StoreBackupRecord> {
    return await this.opened.do({ ...options, force, file: file ?? null }, async (context, signal) => {
      const { backUpStore } = await import('./store.ts');
      return await backUpStore(context, file, { force, signal });
    });
  }

  /** Copies all sessions to a database, or to the file of an embedded store. A repeated copy adds what is new. */
  async copyStore(to: string, options: Abortable = {}): Promise<records.StoreCopyRecord> {
    return await this.opened.do(options, async (context, signal) => {
      const { copyStore } = await import('./store-copy.ts');
      return await copyStore(context, to, signal);
    });
  }
}
