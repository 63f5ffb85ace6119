import { statSync } from 'node:fs';
import { spawnAgent } from '../agents/process/process.ts';
import type { AgentProcess } from '../agents/process/process.ts';
import { truncateLog } from '../agents/process/run-file.ts';
import { stopAgent } from '../agents/process/stop.ts';
import { sweep } from '../agents/process/sweep.ts';
import { isAlive } from '../system/owner.ts';
import type { Paths } from '../settings/paths.ts';
import { handOver, prepareLaunch, traceTurn } from './launch.ts';
import type { Launch, Launched } from './launch.ts';
import type { Preparation } from './prepare.ts';
import { writeAgentFiles } from './run-files.ts';

/** The warm agent of a session, in its host. Turns use it one after the other. */
export class WarmAgent {
  readonly #paths: Paths;
  readonly #sessionId: string;
  readonly #onChange: () => void;
  #agent: AgentProcess | undefined;
  #shape = '';
  #conversation = '';
  /** Settles when the previous turn is done with the agent. */
  #free: Promise<void> = Promise.resolve();

  constructor(paths: Paths, sessionId: string, onChange: () => void) {
    this.#paths = paths;
    this.#sessionId = sessionId;
    this.#onChange = onChange;
  }

  get owner(): string | null {
    return this.#agent?.owner ?? null;
  }

  get isUp(): boolean {
    return this.#agent !== undefined && isAlive(this.#agent.owner) === true;
  }

  /** Gives a turn the running agent, if its shape matches and it has the conversation; else a new one. */
  async launch(launch: Launch): Promise<Launched> {
    await this.#free;
    const preparation = await prepareLaunch(launch);
    const { conversation } = launch.route;
    const shape = preparation.shape();
    const isFit = this.isUp && shape === this.#shape && conversation.id === this.#conversation;
    const agent = isFit ? this.#agent! : await this.#start(launch, preparation);
    this.#shape = shape;
    this.#conversation = conversation.id;
    return this.#handOver(launch, preparation, agent, !isFit);
  }

  /** Ends the agent and the processes that it started. */
  async end(keepsLog = false): Promise<void> {
    const agent = this.#agent;
    if (agent === undefined) return;
    this.#agent = undefined;
    await stopAgent(agent, { interrupt: agent.endInput });
    await sweep({ home: this.#paths.home, sessionId: this.#sessionId });
    if (!keepsLog) truncateLog(this.#paths.warmLog(this.#sessionId));
    this.#onChange();
  }

  async #start({ session, route, earlier }: Launch, preparation: Preparation): Promise<AgentProcess> {
    await this.end(earlier !== undefined);
    const paths = this.#paths;
    writeAgentFiles(paths, session.id, preparation);
    this.#agent = await spawnAgent({
      program: preparation.program,
      argv: preparation.argv(route.conversation),
      cwd: session.root,
      env: preparation.env,
      logPath: paths.warmLog(session.id),
      stderrPath: paths.warmStderr(session.id),
    });
    this.#onChange();
    return this.#agent;
  }

  #handOver(launch: Launch, preparation: Preparation, agent: AgentProcess, isNewProcess: boolean): Launched {
    const logPath = this.#paths.warmLog(launch.turn.sessionId);
    const trace = traceTurn(launch, preparation, {
      owner: agent.owner,
      isNewProcess,
      isShared: true,
      logPath,
      logStart: isNewProcess ? 0 : (statSync(logPath, { throwIfNoEntry: false })?.size ?? 0),
    });
    let leave!: () => void;
    this.#free = new Promise((resolve) => (leave = resolve));
    return {
      trace,
      agent: { owner: agent.owner, exited: agent.exited, send: agent.send, endInput: undefined },
      servers: preparation.mcp.names,
      begin: (isReady) => handOver(agent.send, launch, preparation, trace, isReady),
      end: async (goesOn = false) => {
        try {
          if (!this.isUp) await this.end(goesOn);
          else if (!goesOn) truncateLog(logPath);
        } finally {
          leave();
        }
      },
    };
  }
}
