import { fileURLToPath } from 'node:url';
import { SessionError } from '../errors.ts';
import type { Session } from '../model/model.ts';
import { Context } from './context.ts';
import type { Services } from '../turns/services.ts';

/** Where sessions are stored, and what their agents get. */
export interface OpenOptions {
  /** The home directory; by default that of the command line. */
  home?: string | undefined;
  /** The URL of a PostgreSQL database for the sessions; by default the setting `store.url`. */
  store?: string | undefined;
  /** The environment for settings and agents; by default that of the process. */
  env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The directory in which relative paths and the names of sessions are resolved; by default the current one. */
  cwd?: string | undefined;
  /** Gets the notices that the command line prints on stderr. */
  onNotice?: ((sentence: string) => void) | undefined;
}

/** The resources of the library in a program, which hosts the warm agents of its sessions itself. */
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

  override async select(...given: Parameters<Context['select']>): Promise<Session> {
    if (typeof given[0] === 'string') return await super.select(...given);
    throw new SessionError('USAGE', 'A session is named by a text.');
  }

  override async services(root: string | undefined, access?: 'read' | 'write'): Promise<Services> {
    return { ...(await super.services(root, access)), startHost: (sessionId) => this.#startHost(sessionId) };
  }

  /** Ends the warm agents of this process, then closes the store. */
  async close(): Promise<void> {
    const { closeWarm } = await import('../turns/warm.ts');
    for (const [id, { ended }] of this.#hosts) {
      await closeWarm(this, { id });
      await ended;
    }
    await this.closeStores();
  }

  /**
   * Starts a host in this process, and resolves when it can be reached. Several turns of a session may call it at once.
   */
  async #startHost(sessionId: string): Promise<void> {
    const { runWarmHost } = await import('../turns/warm-host.ts');
    const store = await this.store('write');
    const { self } = this.place;
    if (!this.#hosts.has(sessionId)) {
      let resolve!: () => void;
      let reject!: (error: unknown) => void;
      const ready = new Promise<void>((...both) => ([resolve, reject] = both));
      // The host must not close the shared store.
      const openStore = async (): Promise<typeof store> => ({ ...store, close: async () => {} });
      const ended = runWarmHost({ sessionId, paths: this.paths, self, openStore, isGuest: true }, resolve)
        .catch(reject)
        .finally(() => this.#hosts.delete(sessionId));
      this.#hosts.set(sessionId, { ready, ended });
    }
    await this.#hosts.get(sessionId)!.ready;
  }
}
