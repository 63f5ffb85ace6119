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
    const { format, io, writer } = invocation;
    if (action !== 'install') {
      if (shell !== undefined)
        throw new SessionError('USAGE', `completion ${action} does not take "${shell}".`);
      return await writer.write(readScript(action, io));
    }
    const { guessShell, install } = await import('./completion-install.ts');
    const chosen = shell ?? guessShell(io);
    const { path, advice } = await install(chosen, readScript(chosen, io), io);
    if (format === 'text') await writer.write(`${path}\n`);
    else {
      const { renderRecord } = await import('../output/list.ts');
      await renderRecord({ path }, writer);
    }
    if (advice !== undefined) invocation.notice(advice);
    return undefined;
  },
});
