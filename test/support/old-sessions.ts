import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Store } from '../../src/store/store.ts';
import type { NewSession } from '../../src/store/session-store.ts';
import { ownerOf, selfOwner } from '../../src/system/owner.ts';
import type { Workplace } from './run-command.ts';
import { newSession, newTurn, turnEnd } from './store-model.ts';
import { openTestStore } from './test-store.ts';
import { line } from './turn-log.ts';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Creates sessions of any age in a workplace. */
export class OldSessions {
  readonly #place: Workplace;
  #n = 0;

  constructor(place: Workplace) {
    this.#place = place;
  }

  /** Opens the store for `work`. No other process has it open then. */
  async store<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const store = await openTestStore(this.#place.paths.store);
    try {
      return await work(store);
    } finally {
      await store.close();
    }
  }

  /** Adds a session with one turn and 100 bytes in total, last active `agoMs` ago. Returns its id. */
  async add(agoMs: number, given: Partial<NewSession> = {}): Promise<string> {
    const id = (0xa000 + this.#n++).toString(16).padStart(8, '0');
    const at = Date.now() - agoMs;
    await this.store(async (store) => {
      await store.sessions.insert(newSession({ id, root: this.#place.root, createdAt: at, ...given }));
      const { turn } = await store.turns.enqueue(newTurn(id, { at, message: 'q'.repeat(50) }));
      await store.turns.finish(turn.id, 'me', turnEnd({ answer: ['a'.repeat(50)], endedAt: at }));
    });
    return id;
  }

  /** The same, in the trash for `agoMs`. */
  async addTrashed(agoMs: number, given: Partial<NewSession> = {}): Promise<string> {
    const id = await this.add(agoMs + HOUR, given);
    await this.store((store) => store.sessions.change(id, { trashedAt: Date.now() - agoMs }));
    return id;
  }

  /** The same, with a running turn owned by this process. */
  async addRunning(agoMs: number): Promise<string> {
    const id = await this.add(agoMs);
    const turn = newTurn(id, { at: Date.now() - agoMs, owner: selfOwner() });
    await this.store((store) => store.turns.enqueue(turn));
    return id;
  }

  /** The same, with a turn whose process and agent were killed during an answer. */
  async addKilled(agoMs: number): Promise<string> {
    const id = await this.add(agoMs);
    const owner = deadOwner();
    const { turn } = await this.store((store) =>
      store.turns.enqueue(newTurn(id, { at: Date.now() - agoMs, owner })),
    );
    const { paths } = this.#place;
    mkdirSync(paths.sessionRun(id), { recursive: true, mode: 0o700 });
    const logPath = paths.turnLog(id, turn.id);
    const said = [line.text('Halb gesagt: ä'), line.toolCall('t1', 'Bash', { command: 'ls ü' })];
    writeFileSync(logPath, said.map((each) => `${JSON.stringify(each)}\n`).join(''));
    const trace = {
      agent: 'mock',
      owner,
      continuity: 'new',
      sinceTurn: turn.id,
      isShared: false,
      costBefore: 0,
      logPath,
      logStart: 0,
    };
    writeFileSync(paths.agentIdentity(id, turn.id), JSON.stringify(trace));
    writeFileSync(paths.warmStderr(id), 'of an earlier host');
    return id;
  }

  /** Adds files that a killed process left for a session, which may not exist. */
  addLeftovers(id: string): void {
    const { paths } = this.#place;
    mkdirSync(paths.sessionRun(id), { recursive: true, mode: 0o700 });
    writeFileSync(paths.mcpConfig(id), '{}');
    writeFileSync(paths.agentIdentity(id, 4_711), JSON.stringify({ owner: deadOwner() }));
  }
}

function deadOwner(): string {
  return ownerOf(spawnSync(process.execPath, ['-e', '0']).pid);
}
