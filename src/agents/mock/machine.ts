import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { Control } from './control.ts';
import { StartRefused } from './io.ts';
import type { Environment, MockIo } from './io.ts';
import { parseOptions } from './options.ts';
import { Output } from './output.ts';
import { readMcpConfigs } from './servers/config.ts';
import { McpServers } from './servers/servers.ts';
import { openTranscript } from './transcript.ts';
import { Spending } from './usage.ts';

const DEFAULT_MODEL = 'mock';

/** The names of signals, the control request and the end of stdin (`eof`) in `ignore`. */
export const IGNORABLE = ['SIGINT', 'SIGTERM', 'SIGHUP', 'interrupt', 'eof'] as const;

/** A running mock agent: the state that its turns share. */
export type Machine = ReturnType<typeof startMachine>;

/** Throws StartRefused with claude's message, before any server is started. */
export function startMachine(argv: string[], { env, cwd: given, stdout }: MockIo) {
  const cwd = realpathSync(given);
  const options = parseOptions(argv);
  if (options.isPower) refuseRoot(env);
  const servers = readMcpConfigs(options.mcpConfigs, cwd, env);
  const { systemPromptFile: file, model = DEFAULT_MODEL } = options;
  const prompt = (file && readFileSync(path.resolve(cwd, file), 'utf8')) || '(none)';
  /** The folder for all files of the mock. */
  const folder = path.join(env['CLAUDE_SESSION_HOME'] ?? cwd, 'mock');
  const transcript = openTranscript(options, path.join(folder, cwd.replaceAll(/[^a-zA-Z0-9]/g, '-')));
  const { sessionId } = transcript;
  const output = new Output(stdout, sessionId);
  const control = new Control(output);
  return {
    env,
    cwd,
    folder,
    options,
    model,
    prompt,
    sessionId,
    transcript,
    output,
    control,
    mcp: new McpServers(servers, { sessionId, cwd, env, control }),
    spending: new Spending(transcript),
    /** What a script told the agent to ignore. */
    ignored: new Set<(typeof IGNORABLE)[number]>(),
    /** Whether `--resume` sends the recorded system prompt again. `initialize` can turn this off. */
    keepsPrompt: true,
  };
}

/** The system prompt for the model: the one of the first request, unless `initialize` turned that off. */
export function sendPrompt({ transcript, prompt, keepsPrompt }: Machine): string {
  const recorded = transcript.last('prompt-snapshot')?.prompt;
  if (recorded === undefined) transcript.add({ type: 'prompt-snapshot', prompt });
  return (keepsPrompt ? recorded : undefined) ?? prompt;
}

function refuseRoot(env: Environment): void {
  if (process.getuid?.() !== 0 || env['IS_SANDBOX'] === '1') return;
  throw new StartRefused(
    '--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons',
  );
}
