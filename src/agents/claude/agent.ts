import type { Agent } from '../agent.ts';
import { buildArgv } from './argv.ts';
import { buildEnvironment } from './environment.ts';
import { classifyFailure } from './failure.ts';
import {
  buildGoOnLine,
  buildInitializeLine,
  buildInterruptLine,
  buildMcpAnswerLine,
  buildMcpStatusLine,
  buildUserLine,
} from './message.ts';
import { narrowSchema } from './output-schema.ts';
import { buildPermissionAnswerLine } from './permission.ts';
import { parseLine } from './stream.ts';
import { carriesSumsOver } from './sums.ts';

/** Claude Code as a process that reads and writes lines of JSON (`-p --input-format stream-json`). */
export const claude: Agent = {
  name: 'claude',
  lines: {
    initialize: buildInitializeLine,
    user: buildUserLine,
    goOn: buildGoOnLine,
    interrupt: buildInterruptLine,
    mcpStatus: buildMcpStatusLine,
    permissionAnswer: buildPermissionAnswerLine,
    mcpAnswer: buildMcpAnswerLine,
  },
  program: ({ command }) => command,
  argv: buildArgv,
  narrowSchema,
  environment: buildEnvironment,
  parse: parseLine,
  carriesSums: carriesSumsOver,
  classify: classifyFailure,
};
