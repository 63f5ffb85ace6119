import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ATOMIZER_PATH } from '../context/mcp-config.ts';
import type { Services } from './services.ts';

/** The parts of a checkout that start programs or instruct the agent. They are used only in trusted roots. */
const PARTS = [
  ATOMIZER_PATH,
  '.mcp.json',
  '.claude/settings.json',
  '.claude/settings.local.json',
  '.claude/agents',
  '.claude/commands',
  '.claude/skills',
];

/** Describes what is left out in a root that is not trusted, and how to trust it; undefined when nothing is. */
export function describeLeftOut(
  root: string,
  { settings, env }: Pick<Services, 'settings' | 'env'>,
): { sentence: string; hint: string } | undefined {
  const { isTrusted, refusal, leftOut } = settings.project;
  if (isTrusted) return undefined;
  // In the home directory, these belong to the user.
  const parts = root === env['HOME'] ? [] : PARTS.filter((part) => existsSync(join(root, part)));
  if (leftOut.length > 0) parts.push(`${leftOut.join(', ')} of .session.json`);
  if (parts.length === 0) return undefined;
  const why = refusal === null ? 'is not trusted' : `${refusal}, and so is not trusted`;
  return {
    sentence: `${root} ${why}; left out: ${parts.join(', ')}.`,
    hint: `If you trust its files: session trust '${root}'`,
  };
}

/** Prints it as a notice. */
export function noticeLeftOut(root: string, services: Services, addedDirs: readonly string[] = []): void {
  const left = describeLeftOut(root, services);
  if (left !== undefined) services.notice(`${left.sentence} ${left.hint}`);
  for (const path of addedDirs)
    if (!existsSync(path)) services.notice(`The added directory ${path} does not exist any more.`);
}
