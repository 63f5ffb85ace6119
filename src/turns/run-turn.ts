import { keepTranscript } from './agent-transcript.ts';
import { AnswerText } from '../agents/answer/answer-text.ts';
import { SessionError } from '../errors.ts';
import type { TurnOutput } from '../model/records.ts';
import { buildDone, buildErrors, buildStart, textOf } from './done.ts';
import type { Session, Turn } from '../model/model.ts';
import { removeAgentFiles, removeTurnFiles } from './run-files.ts';
import { hintAtBudget } from './budget.ts';
import { redactAnswer } from './redact.ts';
import { describeFault, finishTurn } from './finish.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';
import type { StopRequest } from './stop-request.ts';
import { buildEnd, findStopReason } from './turn-end.ts';
import type { Built, Ending, TurnFailure } from './turn-end.ts';
import { tryRoutes } from './try-routes.ts';
import type { Attempted } from './try-routes.ts';

/**
 * Runs a started turn to its stored end, and yields its records. Leaves no process and no file.
 *
 * When the agent no longer has the conversation, the same turn continues by replay.
 */
export async function* runTurn(
  services: Services,
  queued: Turn,
  request: SendRequest,
  stop: StopRequest,
): AsyncGenerator<TurnOutput[]> {
  const { store, paths } = services;
  const turn: Turn = { ...queued, status: 'running', startedAt: Date.now() };
  // Earlier turns may have changed the session.
  const session = await store.sessions.find(turn.sessionId);
  if (session === undefined)
    throw new SessionError('NO_SESSION', `Session ${turn.sessionId} was removed meanwhile.`);
  let hasStarted = false;
  const text = new AnswerText(paths.turnAnswer(session.id, turn.id));
  const attempted: Attempted = { launched: undefined, ended: undefined, failure: undefined, text };
  try {
    for await (const outputs of tryRoutes(services, session, turn, request, stop, attempted)) {
      const start = outputs.find((output) => output.type === 'start');
      // An agent that is to end at once leaves its servers.
      if (start !== undefined && stop.reason === undefined) noticeServers(services, start.mcp_servers);
      hasStarted ||= start !== undefined;
      yield outputs;
    }
  } catch (error) {
    attempted.failure = describeThrown(error);
    if (attempted.failure.code === 'INTERNAL') await attempted.launched?.end();
  }
  const stopReason = findStopReason(paths, turn, stop.reason);
  const { launched, ended } = attempted;
  const trace = launched?.trace;
  if (trace?.isShared !== true) removeAgentFiles(paths, session.id);
  await keepConversation(services, session, turn, attempted);
  const outcome = await storeEnd(services, turn, {
    trace,
    ended,
    text,
    stopReason,
    failure: attempted.failure,
  });
  const { end, unstored } = outcome;
  const isMasked = turn.limits.redact?.stream === true;
  const answer = outcome.answer && isMasked ? redactAnswer(outcome.answer, turn.limits) : outcome.answer;
  const failure = unstored ?? withHint(outcome.failure, session, turn, attempted.failure);
  const output = isMasked ? end.output : outcome.output;
  const told = { ...end, output, errorCode: failure?.code ?? null, status: failure?.status ?? end.status };
  const after = unstored === null ? await store.sessions.find(session.id) : undefined;
  yield [
    ...(hasStarted ? [] : [buildStart(session, turn, end.continuity ?? 'new')]),
    ...buildErrors(turn, end, failure),
    buildDone(turn, told, {
      toolCalls: answer?.toolCalls() ?? [],
      text: textOf(answer),
      sessionCostUsd: (after ?? session).costUsd,
    }),
  ];
  text.close();
  await launched?.end();
  if (request.recordPath !== null && trace) {
    const { keepRecord } = await import('./record.ts');
    await keepRecord(services, turn, trace.logPath, request.recordPath);
  }
  // When the end could not be stored, the next command stores it from the log.
  if (unstored === null) removeTurnFiles(paths, turn);
}

/** Stores the transcript. A cold agent must have exited first, because only then is its transcript complete. */
async function keepConversation(
  services: Services,
  session: Session,
  turn: Turn,
  { ended, launched }: Attempted,
): Promise<void> {
  const init = ended?.outcome.init;
  if (services.store.transcripts === undefined || !init) return;
  const isAgentUp = launched?.trace.isShared === true;
  if (!isAgentUp) await launched?.end();
  await keepTranscript(services, session, turn, init.agentSessionId, isAgentUp);
}

/** Stores a turn's end. Returns the error when that failed, else null. */
async function storeEnd(
  { store }: Services,
  turn: Turn,
  ending: Omit<Ending, 'turn'>,
): Promise<Built & { unstored: TurnFailure | null }> {
  const build = (): Promise<Built> => buildEnd({ turn, ...ending });
  try {
    const { isStored, isLate, ...built } = await finishTurn(store, turn, turn.owner!, build);
    if (isStored) return { ...built, unstored: null };
    const message = isLate
      ? `Turn ${turn.id} was given up by another machine meanwhile; its answer was stored as a late one.`
      : `Turn ${turn.id} was finished by another process.`;
    return { ...built, unstored: { status: 'interrupted', code: 'INTERRUPTED', message, hint: undefined } };
  } catch (error) {
    const unstored = describeThrown(error);
    const hint = `The turn has run. Its answer is in ${ending.trace?.logPath}. The next command of the session that can stores it.`;
    return { ...(await build()), unstored: ending.trace === undefined ? unstored : { ...unstored, hint } };
  }
}

/** The agent does not know whose budget it was that it has reached. */
function withHint(
  failure: TurnFailure | null,
  session: Session,
  { limits }: Turn,
  ours: TurnFailure | undefined,
): TurnFailure | null {
  const isAgents = failure?.code === 'BUDGET_EXCEEDED' && ours === undefined;
  return isAgents ? { ...failure, hint: hintAtBudget(session, limits) } : failure;
}

function describeThrown(error: unknown): TurnFailure {
  if (!(error instanceof SessionError)) return describeFault(error);
  const { code, message, hint } = error;
  return { status: code === 'BUDGET_EXCEEDED' ? 'limit' : 'failed', code, message, hint };
}

/** Prints a notice about servers that did not start. The agent continues without them and does not report it. */
function noticeServers({ notice }: Services, servers: { name: string; status: string }[]): void {
  for (const { name, status } of servers)
    if (status !== 'connected')
      notice(`MCP server "${name}" is not connected (${status}); see "session doctor"`);
}
