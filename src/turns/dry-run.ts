import { findAgent } from '../agents/table.ts';
import { chooseRoute, readReplayed } from './continuity.ts';
import { leftToSpend } from './budget.ts';
import { dropStaleFork } from './fork.ts';
import { knownContext } from './launch.ts';
import type { Session, Turn } from '../model/model.ts';
import type { Plan } from '../model/turn-plan.ts';
import { maskServerSecrets } from '../settings/server-secrets.ts';
import { prepareAgent } from './prepare.ts';
import { sessionOfTurn } from './request.ts';
import type { SendRequest } from './request.ts';
import type { Services } from './services.ts';

/** A placeholder for the turn that would run. */
const NO_TURN = { id: Number.MAX_SAFE_INTEGER } as Turn;

/** Describes what a turn would start, without starting or storing anything. Secrets in an MCP config are masked. */
export async function describeTurn(
  services: Services,
  session: Session,
  request: SendRequest,
): Promise<Plan> {
  const { store, settings } = services;
  const route = await chooseRoute(store, await dropStaleFork(store, session), NO_TURN);
  const preparation = await prepareAgent(services, sessionOfTurn(session, request), {
    turnId: NO_TURN.id,
    limits: { ...request.limits, maxBudgetUsd: leftToSpend(session, request.limits.maxBudgetUsd) },
    maxRetries: request.maxRetries,
    history: await readReplayed(store, session, route.sinceTurn, settings.replay.messages),
    known: knownContext(session, route),
  });
  return {
    session_id: session.id,
    continuity: route.continuity,
    cwd: session.root,
    argv: [...preparation.program, ...preparation.argv(route.conversation)],
    env: Object.keys(preparation.env).toSorted(),
    system_prompt: preparation.briefing.prompt,
    mcp_config: maskServerSecrets(preparation.mcp.document) as object,
    stdin: findAgent(session.agent).lines.user(request.message, {
      expand: request.expand,
      preface: preparation.briefing.update,
      // Contents are left out, because they would be most of the output.
      files: request.files.map((file) => ({ ...file, content: '' })),
    }),
  };
}
