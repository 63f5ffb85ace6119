import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import type { Session, Turn } from '../../src/model/model.ts';
import { buildPaths } from '../../src/settings/paths.ts';
import type { Paths } from '../../src/settings/paths.ts';
import { openStore } from '../../src/store/sqlite/open.ts';
import type { Store } from '../../src/store/store.ts';
import { ownerOf } from '../../src/system/owner.ts';
import { writeAgentTrace } from '../../src/turns/run-files.ts';
import type { AgentTrace } from '../../src/turns/run-files.ts';
import type { Services } from '../../src/turns/services.ts';
import { start } from './store-program.ts';
import { newSession, newTurn } from './store-model.ts';
import { makeScratch } from './turn-log.ts';

/** The owner string of a process on another host, whose state is unknown. */
export const ELSEWHERE = '7.1@elsewhere/a-b/pid:[1]';
/** The fake current time of the tests. */
export const NOW = 1_900_000_000_000;

/** A home with a store and one session, with a fake clock. */
export interface Home {
  services: Services;
  store: Store;
  paths: Paths;
  session: Session;
  /** The notices that were printed. */
  notices: string[];
  /** Stores a turn. The first is running, later ones are queued. */
  addTurn(owner: string, at?: number): Promise<Turn>;
  /** Writes the files of a turn with a running agent. */
  writeTrace(turn: Turn, trace: Partial<AgentTrace>, lines?: readonly unknown[], modifiedAt?: number): void;
}

export async function makeHome(): Promise<Home> {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  onTestFinished(() => void vi.useRealTimers());
  const paths = buildPaths({ CLAUDE_SESSION_HOME: makeScratch() });
  const store = await openStore(paths.store, { access: 'write' });
  onTestFinished(() => store.close());
  await store.sessions.insert(newSession());
  const session = (await store.sessions.find(newSession().id))!;
  const notices: string[] = [];
  const services = { store, paths, notice: (sentence: string) => notices.push(sentence) };
  return {
    services: services as unknown as Services,
    store,
    paths,
    session,
    notices,
    addTurn: async (owner, at = NOW) => (await store.turns.enqueue(newTurn(session.id, { owner, at }))).turn,
    writeTrace(turn, trace, lines = [], modifiedAt = NOW) {
      mkdirSync(paths.sessionRun(session.id), { recursive: true });
      const logPath = paths.turnLog(session.id, turn.id);
      writeFileSync(logPath, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      utimesSync(logPath, modifiedAt / 1000, modifiedAt / 1000);
      writeAgentTrace(paths, turn, {
        agent: 'claude',
        owner: ELSEWHERE,
        isShared: false,
        uuid: 'u',
        later: [],
        spentBefore: null,
        context: null,
        continuity: 'new',
        sinceTurn: turn.id,
        logPath,
        logStart: 0,
        ...trace,
      });
    },
  };
}

/** Starts a process that runs until it is ended. */
export function startSleeper(): { owner: string; end(): Promise<void> } {
  const { child, ended } = start('sleep', ['60']);
  return {
    owner: ownerOf(child.pid!),
    async end() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The owner string of a process that has ended. */
export async function deadOwner(): Promise<string> {
  const { owner, end } = startSleeper();
  await end();
  return owner;
}

/** Waits until a condition is true. Unlike `expect.poll`, it does not change the fake time. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(2);
}
