import { spawnSync } from 'node:child_process';

/** The files below a directory that contain a word. */
export function filesWith(directory: string, word: string): string[] {
  const { stdout } = spawnSync('grep', ['-rlai', word, directory], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean);
}
