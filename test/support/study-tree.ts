import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** Databases that a real Optuna wrote, and its own results for them (see make-studies.py and make-edge.py there). */
export const STUDIES = fileURLToPath(new URL('../fixtures/studies', import.meta.url));

export function readExpected<T>(file: string): T {
  return JSON.parse(readFileSync(join(STUDIES, file), 'utf8')) as T;
}

/** Makes a root with these files, by path. It is removed after the test. */
export function makeRoot(files: Record<string, string> = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'session-root-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** Makes a root with the studies bracket and wing, which tests may change. */
export function makeStudyRoot(): string {
  const root = makeRoot();
  cpSync(join(STUDIES, 'studies'), join(root, 'studies'), { recursive: true });
  return root;
}

/** Writes a SQLite file from statements, in a separate process, because sql.js in this process may use our VFS. */
export function writeDatabase(path: string, sql: string): void {
  const program = `require('sql.js')().then(({ Database }) => {
    const database = new Database();
    database.run(process.argv[1]);
    process.stdout.write(database.export());
  })`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    execFileSync(process.execPath, ['-e', program, sql], { cwd: STUDIES, maxBuffer: 2 ** 30 }),
  );
}

export function makePipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
}
