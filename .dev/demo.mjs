// `npm run demo`: a session from its creation to its stored answer, on the built-in offline agent with a real MCP
// server attached. All files are in a temporary directory, which is removed.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'session-demo-'));
const root = join(work, 'project');
cpSync(join(top, 'test/fixtures/studies'), root, { recursive: true });

function session(args, stdout = 'inherit') {
  console.log(
    `\n$ session ${args.map((word) => (/^[\w@./=-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')}`,
  );
  const env = { ...process.env, CLAUDE_SESSION_HOME: join(work, 'home') };
  const done = spawnSync(process.execPath, [join(top, 'bin/session.js'), ...args], {
    cwd: root,
    env,
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`session ${args[0]} exited with ${done.status ?? done.signal}`);
  return done.stdout?.trim();
}

try {
  const id = session(['new', '--name', 'demo', '--agent', 'mock', '--study', 'bracket'], 'pipe');
  console.log(id);
  session(['send', id, 'Hello! Who are you?']);
  session([
    'send',
    id,
    'say Asking the study server ...\ncall session study_status {"study":"bracket"}\nsay Done.',
    '--ndjson',
  ]);
  session(['history', id, '--tools']);
  session(['list']);
} finally {
  rmSync(work, { recursive: true, force: true });
}
