import type { Session } from '../model/model.ts';
import { selectSession } from '../sessions/select.ts';
import type { Services } from '../turns/services.ts';
import type { Io } from '../io.ts';
import { choosePalette } from '../output/colour.ts';
import type { Colour } from '../output/colour.ts';
import { resolveColour, resolveFormat, withoutData } from '../output/format.ts';
import { Printer } from '../output/printer.ts';
import { Writer } from '../output/writer.ts';
import { requireOwn } from '../settings/own-files.ts';
import { buildPaths } from '../settings/paths.ts';
import type { Paths } from '../settings/paths.ts';
import type { Settings } from '../settings/schema.ts';
import type { Store } from '../store/store.ts';
import { escapeLine } from '../text/safe-text.ts';

/** One run of the program: what it was given, and what it opens on demand and closes at the end. */
export class Invocation {
  readonly io: Io;
  readonly printer: Printer;
  readonly colour: Colour;
  readonly isQuiet: boolean;
  /** Masks secrets in failures and notices, from when settings are known that want it. */
  mask: (text: string) => string = (text) => text;
  private knownPaths: Paths | undefined;
  private readonly opened = new Map<string, Promise<Store>>();

  /** Reads the form of the output off the raw words, so that even a usage error comes in it. */
  constructor(io: Io, argv: readonly string[]) {
    this.io = io;
    this.colour = resolveColour(argv);
    this.isQuiet = withoutData(argv).some((word) => word === '-q' || word === '--quiet');
    const paint = choosePalette(io.stdout, io.env, this.colour);
    this.printer = new Printer(new Writer(io.stdout), resolveFormat(argv), paint);
  }

  /** Throws SETTINGS_INVALID where there is no place for them. */
  get paths(): Paths {
    return (this.knownPaths ??= buildPaths(this.io.env));
  }

  /** The settings in force for a root; without one, no project has a say. Throws SETTINGS_INVALID. */
  async settings(root: string | undefined): Promise<Settings> {
    const { loadSettings } = await import('../settings/settings.ts');
    const settings = (await loadSettings({ env: this.io.env, paths: this.paths, root })).value;
    if (settings.redact.enabled) {
      const { createMasker } = await import('../turns/redact.ts');
      this.mask = createMasker(settings);
    }
    return settings;
  }

  /** The store, opened once for each access. With `read`, nothing is created where nothing exists. */
  async store(access: 'read' | 'write'): Promise<Store> {
    const { openStore } = await import('../store/sqlite/open.ts');
    requireOwn(this.paths.home, this.paths.home);
    const opened =
      this.opened.get('write') ?? this.opened.get(access) ?? openStore(this.paths.store, { access });
    this.opened.set(access, opened);
    return await opened;
  }

  async select(selector: string, access: 'read' | 'write'): Promise<Session> {
    return await selectSession(await this.store(access), selector, this.io.cwd);
  }

  /** What the rules need to work on a session. */
  async services(root: string | undefined, access: 'read' | 'write' = 'write'): Promise<Services> {
    return {
      store: await this.store(access),
      paths: this.paths,
      settings: await this.settings(root),
      env: this.io.env,
      self: this.io.self,
      notice: (sentence) => this.notice(sentence),
    };
  }

  /** Says something to the person watching; never on stdout. */
  notice(sentence: string): void {
    if (!this.isQuiet) this.io.stderr.write(`session: ${escapeLine(this.mask(sentence))}\n`);
  }

  async close(): Promise<void> {
    for (const store of await Promise.allSettled(this.opened.values()))
      if (store.status === 'fulfilled') await store.value.close();
    await this.printer.writer.end();
  }
}
