import { readFileSync, readdirSync } from 'node:fs';

/** Processes whose environment names this directory, as `pid command`. Empty where there is no /proc to tell. */
export function findSurvivors(directory: string): string[] {
  return pidsNaming(directory).map((pid) => `${pid} ${readProc(pid, 'cmdline').replaceAll('\0', ' ')}`);
}

export function endSurvivors(directory: string): void {
  for (const pid of pidsNaming(directory)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone by itself.
    }
  }
}

function pidsNaming(directory: string): number[] {
  return listPids().filter((pid) => readProc(pid, 'environ').split('\0').includes(`HOME=${directory}`));
}

function listPids(): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
