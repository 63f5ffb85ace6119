import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildPaths } from '../../../src/settings/paths.ts';
import type { SettingsSources } from '../../../src/settings/settings.ts';
import { temporaryDirectory } from '../../support/temporary.ts';
import { loadSettings } from '../../../src/settings/settings.ts';

/** A home and a root of their own, with what their settings files say; a string is written as it is. */
export function arrange({
  user,
  project,
  isTrusted = false,
}: { user?: unknown; project?: unknown; isTrusted?: boolean } = {}) {
  const top = temporaryDirectory();
  const root = path.join(top, 'root');
  const env: Record<string, string> = {
    CLAUDE_SESSION_HOME: path.join(top, 'home'),
    HOME: top,
    ...(isTrusted && { CLAUDE_SESSION_TRUST: root }),
  };
  const paths = buildPaths(env);
  mkdirSync(root);
  mkdirSync(paths.home, { recursive: true });
  if (user !== undefined) writeFileSync(paths.config, asText(user));
  const projectFile = path.join(root, '.session.json');
  if (project !== undefined) writeFileSync(projectFile, asText(project));
  return {
    paths,
    root,
    env,
    projectFile,
    load: (more: Partial<SettingsSources> = {}) => loadSettings({ env, paths, root, ...more }),
  };
}

function asText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}
