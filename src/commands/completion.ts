import { SessionError } from '../errors.ts';
import { SHELLS, readScript } from './completion-shells.ts';
import { defineCommand } from './define.ts';

export const command = defineCommand({
  positionals: {
    action: {
      choices: ['install', ...SHELLS],
      demandOption: true,
      describe: 'Install the completions, or print those of a shell',
    },
    shell: {
      choices: SHELLS,
      completes: ({ action }) => (action === 'install' ? SHELLS : undefined),
      describe: 'The shell to install them for (default: that of SHELL)',
    },
  },
  options: {},
  examples: [
    ['session completion install', 'once, for your shell'],
    ['source <(session completion bash)', 'for this shell only'],
  ],
  async run({ action, shell }, invocation) {
    const { io, printer } = invocation;
    if (action !== 'install') {
      if (shell !== undefined)
        throw new SessionError('USAGE', `completion ${action} does not take "${shell}".`);
      const script = readScript(action, io);
      return await printer.record({ script }, script);
    }
    const { guessShell, install } = await import('./completion-install.ts');
    const chosen = shell ?? guessShell(io);
    const { path, advice } = await install(chosen, readScript(chosen, io), io);
    await printer.record({ path }, `${path}\n`);
    if (advice !== undefined) invocation.notice(advice);
    return undefined;
  },
});
