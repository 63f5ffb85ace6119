import type * as records from '../model/records.ts';
import type { Abortable } from './abort.ts';
import type { ExportFormat, ExportRequest } from './export.ts';
import type { ImportOptions, ImportSource } from './import.ts';
import { SessionTurns } from './session-turns.ts';
import type { SettingValue, SettingsRequest } from './settings.ts';

/** What keeps a home in order, and brings conversations in and out. */
export class Upkeep extends SessionTurns {
  /**
   * Sessions as text, in pieces: all that are not in the trash, where none are named. `jsonl`, the default, is what
   * `import` reads; the others are to be read.
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
    const pieces = await this.opened.do({ signal }, async (context) => exportText(context, request));
    yield* this.opened.through(pieces, signal);
  }

  /** Imports exports and transcripts of claude, from files or as text. What is there already is left as it is. */
  async import(
    sources: readonly ImportSource[],
    options: ImportOptions & Abortable = {},
  ): Promise<records.ImportRecord[]> {
    return await this.opened.do(options, async (context, signal) => {
      const { importSources } = await import('./import.ts');
      return await importSources(context, sources, options, { signal });
    });
  }

  /** Looks at everything that sessions of a root need; see `status` of each check. Repairs nothing. */
  async *doctor({ root, signal }: SettingsRequest & Abortable = {}): AsyncGenerator<
    records.CheckRecord,
    void,
    undefined
  > {
    const { openChecks } = await import('./doctor.ts');
    const checks = await this.opened.do({ signal }, async (context) => openChecks(context, root));
    yield* this.opened.through(checks, signal);
  }

  /** Every setting in force for a root, and where it comes from. */
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
    return await this.opened.do(options, async (context) => {
      const { changeSetting } = await import('./settings.ts');
      return await changeSetting(context, name, value, {});
    });
  }

  /** Takes a setting out of the user's config.json; false when it was not there. */
  async unsetSetting(name: string, options: Abortable = {}): Promise<boolean> {
    return await this.opened.do(options, async (context) => {
      const { removeSetting } = await import('./settings.ts');
      return await removeSetting(context, name);
    });
  }

  /** The roots that are named as trusted, and whether they are. */
  async trusted(options: Abortable = {}): Promise<records.TrustRecord[]> {
    return await this.opened.do(options, async (context) => {
      const { listTrusted } = await import('./trust.ts');
      return await listTrusted(context);
    });
  }

  /** Lets the MCP servers, settings and hooks of a root run. Throws USAGE when somebody else could change it. */
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

  /** How the store is, and who holds its lock. */
  async storeStatus(options: Abortable = {}): Promise<records.StoreStatusRecord> {
    return await this.opened.do(options, async (context) => {
      const { readStoreStatus } = await import('./store.ts');
      return await readStoreStatus(context);
    });
  }

  /** Sets the store up, or brings it up to date, as the first write does too. */
  async migrateStore(options: Abortable = {}): Promise<records.StoreMigrateRecord> {
    return await this.opened.do(options, async (context) => {
      const { migrateStore } = await import('./store.ts');
      return await migrateStore(context);
    });
  }

  /** Writes a consistent copy of the embedded store to a file. Throws USAGE for one that is there, unless it is forced. */
  async backUpStore(
    file: string,
    { force = false, ...options }: { force?: boolean | undefined } & Abortable = {},
  ): Promise<records.StoreBackupRecord> {
    return await this.opened.do(options, async (context, signal) => {
      const { backUpStore } = await import('./store.ts');
      return await backUpStore(context, file, { force, signal });
    });
  }

  /** Copies all sessions to a database, or to the file of an embedded store; again for what is new. */
  async copyStore(to: string, options: Abortable = {}): Promise<records.StoreCopyRecord> {
    return await this.opened.do(options, async (context, signal) => {
      const { copyStore } = await import('./store-copy.ts');
      return await copyStore(context, to, signal);
    });
  }
}
