import { statSync } from 'node:fs';
import { hasTranscript } from '../agents/claude/transcript.ts';
import type { NewImport } from '../store/transfer-store.ts';
import { isName, spellName } from '../sessions/names.ts';
import type { Settings } from '../settings/schema.ts';
import { chooseRedaction, createRedactor } from '../turns/redact.ts';
import type { ImportRules } from './incoming.ts';

/** The place that sessions are imported into. */
interface ImportPlace {
  settings: Settings;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  mockFolder: string;
}

/**
 * The rules for imported sessions. An import adds conversations, but no permissions: the user decides what a session
 * may do, and where. `tellDropped` gets what was left out.
 */
export function buildImportRules(
  { merge = false, trust = false }: { merge?: boolean | undefined; trust?: boolean | undefined },
  { settings, cwd, env, mockFolder }: ImportPlace,
  notice: (text: string) => void,
): { rules: ImportRules; tellDropped(): void } {
  const redaction = chooseRedaction(settings);
  const dropped = new Set<string>();
  const rules: ImportRules = {
    masking: redaction && createRedactor(redaction),
    isMerge: merge,
    notice,
    admit(given) {
      const session = trust ? given : withoutRights(given, cwd, dropped);
      const { agent, agentSessionId, root } = session;
      const isThere =
        agentSessionId !== null && hasTranscript(agent, agentSessionId, root, { env, mockFolder });
      if (session.mode === 'power' && !settings.allowPower)
        notice(`session ${session.id} is imported in user mode: power mode is forbidden here`);
      const isNamed = session.name === null || isName(session.name);
      if (!isNamed) notice(`session ${session.id} is imported without its name, which can't be one`);
      return {
        ...session,
        name: isNamed && session.name !== null ? spellName(session.name) : null,
        agentSessionId: isThere ? agentSessionId : null,
        mode: settings.allowPower ? session.mode : 'user',
      };
    },
  };
  const tellDropped = (): void => {
    if (dropped.size > 0)
      notice(`imported without ${[...dropped].join(', ')}; --trust keeps what a file says`);
  };
  return { rules, tellDropped };
}

function withoutRights(given: NewImport, cwd: string, dropped: Set<string>): NewImport {
  const isHere = statSync(given.root, { throwIfNoEntry: false })?.isDirectory() === true;
  if (given.mode !== 'user') dropped.add('power mode');
  if (given.mcpConfigs.length > 0) dropped.add('MCP files');
  if (given.addedDirs.length > 0) dropped.add('added directories');
  if (given.warm) dropped.add('warm agents');
  if (given.pinned) dropped.add('pins');
  if (given.allowedTools.length > 0) dropped.add('allowed tools');
  if (!isHere) dropped.add(`directories that don't exist here (${cwd} instead)`);
  return {
    ...given,
    mode: 'user',
    mcpConfigs: [],
    addedDirs: [],
    warm: false,
    pinned: false,
    allowedTools: [],
    root: isHere ? given.root : cwd,
  };
}
