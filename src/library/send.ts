import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Session } from '../model/model.ts';
import type { TurnOutput, TurnReferenceRecord } from '../model/records.ts';
import type { Plan } from '../model/turn-plan.ts';
import { resolveAddedDirs } from '../sessions/directories.ts';
import { checkUserFile } from '../system/user-file.ts';
import { noticeLeftOut } from '../turns/left-out.ts';
import { checkFiles } from '../turns/message-files.ts';
import { requireUsableSchema } from '../turns/output-schema.ts';
import { checkMessage, completeRequest, isForWarmAgent } from '../turns/request.ts';
import type { RequestFlags, SendRequest } from '../turns/request.ts';
import type { Services } from '../turns/services.ts';
import type { StopRequest } from '../turns/stop-request.ts';
import type { Context } from './context.ts';

export type { RequestFlags };

/** A message, the options of its turn, and its session: a selector, or a session that was just created for it. */
export interface Sending {
  to: string | Session;
  message: string;
  flags: RequestFlags;
}

/**
 * The flags with absolute paths. Throws USAGE when an added directory does not exist, or the record can't be written.
 */
export function resolveFlags({ place, paths }: Context, flags: RequestFlags): RequestFlags {
  const addedDirs = resolveAddedDirs(flags.agent?.addedDirs ?? [], place.cwd);
  const recordPath = flags.recordPath === undefined ? undefined : resolve(place.cwd, flags.recordPath);
  if (recordPath !== undefined) checkUserFile(recordPath, paths.home);
  return { ...flags, recordPath, agent: { ...flags.agent, addedDirs } };
}

/** Throws USAGE for a message or files that no agent accepts, and for an invalid schema. */
export async function checkSending({ message, flags }: Pick<Sending, 'message' | 'flags'>): Promise<void> {
  checkMessage(message);
  checkFiles(flags.files ?? [], message);
  if (flags.schema !== undefined) await requireUsableSchema(flags.schema);
}

/** Sends a message. The turn begins when its records are iterated. Throws errors that are found before. */
export async function openTurn(
  context: Context,
  sending: Sending,
  stop: StopRequest,
): Promise<AsyncIterable<TurnOutput[]>> {
  const { message, flags } = sending;
  await checkSending(sending);
  const known = await askKnownHost(context, sending, stop);
  if (known !== undefined) return known;
  const { services, session, request } = await complete(context, sending, 'write');
  if (isForWarmAgent(request)) {
    const { sendWarm } = await import('../turns/warm.ts');
    return (await sendWarm(services, session, { message, flags, env: services.env }, stop)).outputs;
  }
  if (typeof sending.to === 'string') noticeLeftOut(session.root, services, session.addedDirs);
  const { sendTurn } = await import('../turns/send.ts');
  return sendTurn(services, session, request, stop);
}

/** Queues a turn and starts a process for it. */
export async function detach(context: Context, sending: Sending): Promise<TurnReferenceRecord> {
  await checkSending(sending);
  const { services, session, request } = await complete(context, sending, 'write');
  const { detachTurn } = await import('../turns/detach.ts');
  // Its warm agent must outlive this process too.
  const { startHost: _, ...lasting } = services;
  const { id, status } = await detachTurn(lasting, session, request, sending.flags);
  return { session_id: session.id, turn_id: id, status };
}

/** Describes what a turn would start, without starting or storing anything. */
export async function planTurn(context: Context, sending: Sending): Promise<Plan> {
  await checkSending(sending);
  const { services, session, request } = await complete(context, sending, 'read');
  const { describeTurn } = await import('../turns/dry-run.ts');
  return await describeTurn(services, session, request);
}

async function complete(
  context: Context,
  { to, message, flags }: Sending,
  access: 'read' | 'write',
): Promise<{ services: Services; session: Session; request: SendRequest }> {
  const session = typeof to === 'object' ? to : await context.select(to, access, 'refused');
  const services = await context.services(session.root, access);
  return { services, session, request: completeRequest(message, flags, services.settings, session) };
}

/** Sends the message to the warm agent's host of a session, if one runs. The session need not be looked up then. */
async function askKnownHost(
  context: Context,
  { to, message, flags }: Sending,
  stop: StopRequest,
): Promise<AsyncIterable<TurnOutput[]> | undefined> {
  const { paths, place } = context;
  if (typeof to !== 'string' || !/^[0-9a-f]{8}$/.test(to) || !existsSync(paths.warmInfo(to)))
    return undefined;
  const { askForTurn } = await import('../turns/warm.ts');
  const request = { message, flags, env: place.env };
  const taken = await askForTurn(paths, to, request, {
    stop,
    notice: (sentence) => context.notice(sentence),
    services: async () => await context.services((await context.select(to, 'write')).root),
  });
  return taken?.outputs;
}
