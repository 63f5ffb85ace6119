import { fileURLToPath } from 'node:url';
import { Context } from './context.ts';
import type { Services } from '../turns/services.ts';

/** Where sessions are kept, and what their agents are given. */
export interface OpenOptions {
  /** The directory that everything is kept in; that of the command line without. */
  home?: string | undefined;
  /** The URL of a PostgreSQL database that the sessions are kept in; as the setting `store.url` has it, without. */
  store?: string | undefined;
  /** The environment to read settings from, and that agents inherit; that of the process without. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The directory that relative paths and the names of sessions are read in; the current one without. */
  cwd?: string | undefined;
  /** Is told what the command line says on stderr. */
  onNotice?: ((sentence: string) => void) | undefined;
}

/** What the library works with in a program, which holds the warm agents of its sessions itself. */
export class ProgramContext extends Context {
  readonly #onNotice: OpenOptions['onNotice'];
  readonly #hosts = new Map<string, { ready: Promise<void>; ended: Promise<void> }>();

  constructor({ home, store, env = process.env, cwd = process.cwd(), onNotice }: OpenOptions) {
    super({
      env: {
        ...env,
        ...(home !== undefined && { CLAUDE_SESSION_HOME: home }),
        ...(store !== undefined && { CLAUDE_SESSION_STORE_URL: store }),
      },
      cwd,
      self: [process.execPath, fileURLToPath(new URL('launcher.cjs', import.meta.url))],
    });
    this.#onNotice = onNotice;
  }

  override notice(sentence: string): void {
    this.#onNotice?.(this.mask(sentence));
  }

  override async services(root: string | undefined, access?: 'read' | 'write'): Promise<Services> {
    return { ...(await super.services(root, access)), startHost: (sessionId) => this.#startHost(sessionId) };
  }

  /** Ends the warm agents that are held here, then closes the store. */
  async close(): Promise<void> {
    const { closeWarm } = await import('../turns/warm.ts');
    for (const [id, { ended }] of this.#hosts) {
      await closeWarm(this, { id });
      await ended;
    }
    await this.closeStores();
  }

  /** Resolves when it can be reached; several turns of a session may ask for it at once. */
  async #startHost(sessionId: string): Promise<void> {
    const { runWarmHost } = await import('../turns/warm-host.ts');
    const store = await this.store('write');
    const { self } = this.place;
    if (!this.#hosts.has(sessionId)) {
      let resolve!: () => void;
      let reject!: (error: unknown) => void;
      const ready = new Promise<void>((...both) => ([resolve, reject] = both));
      // The store is closed by who has opened it.
      const openStore = async (): Promise<typeof store> => ({ ...store, close: async () => {} });
      const ended = runWarmHost({ sessionId, paths: this.paths, self, openStore, isGuest: true }, resolve)
        .catch(reject)
        .finally(() => this.#hosts.delete(sessionId));
      this.#hosts.set(sessionId, { ready, ended });
    }
    await this.#hosts.get(sessionId)!.ready;
  }
}
