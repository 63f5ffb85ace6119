import { existsSync } from 'node:fs';
import { requireOwn } from '../settings/own-files.ts';
import { buildPaths } from '../settings/paths.ts';
import type { Environment, Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/schema.ts';
import { selectSession } from '../sessions/select.ts';
import type { Session } from '../model/model.ts';
import { inTrash } from '../store/refusals.ts';
import type { Store } from '../store/store.ts';
import type { Services } from '../turns/services.ts';

/** The caller's place. */
export interface Place {
  readonly env: Environment;
  /** The directory in which relative paths and the names of sessions are resolved. */
  readonly cwd: string;
  /** The command that starts the program: the Node executable and the bundle. */
  readonly self: [node: string, bundle: string];
}

/** The resources of the library, for a program or for one command. They are opened on demand, and closed at the end. */
export abstract class Context {
  readonly place: Place;
  /** Masks secrets in failures and notices, as soon as settings that require it are read. */
  mask: (text: string) => string = (text) => text;
  #paths: Paths | undefined;
  readonly #opened = new Map<string, Promise<Store>>();

  constructor(place: Place) {
    this.place = place;
  }

  /** Prints a sentence for people. */
  abstract notice(sentence: string): void;

  /** Throws SETTINGS_INVALID when there is no home directory. */
  get paths(): Paths {
    return (this.#paths ??= buildPaths(this.place.env));
  }

  /** The effective settings of a root, or without one, those without a project file. Throws SETTINGS_INVALID. */
  async settings(root: string | undefined): Promise<Settings> {
    const { loadSettings } = await import('../settings/settings.ts');
    const settings = (await loadSettings({ env: this.place.env, paths: this.paths, root })).value;
    if (settings.redact.enabled) {
      const { createMasker } = await import('../turns/redact.ts');
      this.mask = createMasker(settings);
    }
    return settings;
  }

  /** The store, opened once for each access. With `read`, a missing store is not created. */
  async store(access: 'read' | 'write'): Promise<Store> {
    const { openStore } = await import('../store/open.ts');
    const { findStoreUrl } = await import('../settings/store-url.ts');
    requireOwn(this.paths.home, this.paths.home);
    const isElsewhere = (await findStoreUrl(this.place.env, this.paths)) !== undefined;
    const known = this.#opened.get('write') ?? this.#opened.get(access);
    if (known !== undefined) return await known;
    const opening = openStore(this.place.env, this.paths, { access });
    // Another process may create or repair it later.
    if (access === 'write' || isElsewhere || existsSync(this.paths.store)) this.#opened.set(access, opening);
    try {
      return await opening;
    } catch (error) {
      this.#opened.delete(access);
      throw error;
    }
  }

  /**
   * With `write`, a session in the trash is refused unless `trash` allows it. Throws NO_SESSION and AMBIGUOUS_SESSION.
   */
  async select(
    selector: string,
    access: 'read' | 'write',
    trash: 'allowed' | 'refused' = access === 'read' ? 'allowed' : 'refused',
  ): Promise<Session> {
    const session = await selectSession(await this.store(access), selector, this.place.cwd);
    if (trash === 'refused' && session.trashedAt !== null) throw inTrash(session.id);
    return session;
  }

  /** The dependencies for work on a session. */
  async services(root: string | undefined, access: 'read' | 'write' = 'write'): Promise<Services> {
    return {
      store: await this.store(access),
      paths: this.paths,
      settings: await this.settings(root),
      env: this.place.env,
      self: this.place.self,
      notice: (sentence) => this.notice(sentence),
    };
  }

  async closeStores(): Promise<void> {
    for (const store of await Promise.allSettled(this.#opened.values()))
      if (store.status === 'fulfilled') await store.value.close();
  }
}
