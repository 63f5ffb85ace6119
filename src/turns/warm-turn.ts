import type { WarmReply, WarmStop, WarmTurn } from '../agents/process/warm-protocol.ts';
import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import { loadSettings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import { noticeLeftOut } from './left-out.ts';
import { createMasker } from './redact.ts';
import { completeRequest, isForWarmAgent } from './request.ts';
import type { RequestFlags } from './request.ts';
import { adoptQueued, queueTurn, runQueued } from './send.ts';
import type { Services } from './services.ts';
import type { StopReason, StopRequest } from './stop-request.ts';
import type { WarmAgent } from './warm-agent.ts';
import type { HostPlace } from './warm-host.ts';

type Reply = (reply: WarmReply) => Promise<void> | undefined;

interface ClientTurn {
  place: Pick<HostPlace, 'paths' | 'self' | 'sessionId'>;
  store: Store;
  agent: WarmAgent;
  turn: WarmTurn;
  /** The client's requests to stop the turn. */
  later: AsyncGenerator<WarmStop>;
  stop: StopRequest;
  reply: Reply;
  onAccepted(idleMs: number): void;
  onQueued(turnId: number): void;
}

/** Runs a turn of a client with the host's agent, and sends its records to the client. Never rejects. */
export async function runClientTurn(client: ClientTurn): Promise<void> {
  const { place, store, turn, stop, reply } = client;
  const { paths, self, sessionId } = place;
  let mask = (text: string): string => text;
  try {
    const session = await store.sessions.find(sessionId);
    if (session === undefined) return void reply({ type: 'declined' });
    const settings = (await loadSettings({ env: turn.env, paths, root: session.root })).value;
    mask = createMasker(settings);
    const request = completeRequest(turn.message, turn.flags as RequestFlags, settings, session);
    if (!isForWarmAgent(request)) return void reply({ type: 'declined' });
    void reply({ type: 'accepted' });
    void readStops(client.later, stop);
    client.onAccepted(request.idleMs);
    const services: Services = {
      store,
      paths,
      settings,
      env: turn.env,
      self,
      notice: (sentence) => void reply({ type: 'notice', sentence: mask(sentence) }),
      warm: client.agent,
    };
    noticeLeftOut(session.root, services, session.addedDirs);
    const queued =
      turn.turnId === null
        ? await queueTurn(services, session, request)
        : await adoptQueued(services, turn.turnId);
    client.onQueued(queued.id);
    void reply({ type: 'queued', turnId: queued.id });
    for await (const outputs of runQueued(services, session, queued, request, stop, turn.turnId !== null))
      await sendRecords(outputs, reply);
    void reply({ type: 'end' });
  } catch (error) {
    const { code, message, hint } =
      error instanceof SessionError ? error : new SessionError('AGENT_FAILED', (error as Error).message);
    void reply({ type: 'failed', code, message: mask(message), hint: hint && mask(hint) });
  }
}

/** Stops the turn when its client asks for it. A lost connection does not stop it. */
async function readStops(later: AsyncGenerator<WarmStop>, stop: StopRequest): Promise<void> {
  for await (const { stop: reason } of later) stop.ask(reason as StopReason);
}

/** Sends the records of a turn, at the client's speed. The text of `done` is sent in parts, because it may be long. */
async function sendRecords(outputs: readonly TurnOutput[], reply: Reply): Promise<void> {
  const done = outputs.find((output) => output.type === 'done');
  await reply({
    type: 'records',
    records: outputs.map((output) => (output === done ? { ...done, text: '' } : output)),
  });
  if (done === undefined) return;
  const parts = typeof done.text === 'string' ? [done.text] : done.text;
  for await (const text of parts) await reply({ type: 'part', text });
}
