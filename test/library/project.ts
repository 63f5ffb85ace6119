import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from '../support/temporary.ts';

export const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** A project of its own that depends on the package. */
export function makeProject(files: Record<string, string>): string {
  const project = temporaryDirectory();
  mkdirSync(path.join(project, 'node_modules/@types'), { recursive: true });
  symlinkSync(TOP, path.join(project, 'node_modules/claude-session'));
  symlinkSync(path.join(TOP, 'node_modules/@types/node'), path.join(project, 'node_modules/@types/node'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(project, name), text);
  return project;
}
