import { SessionError } from '../errors.ts';
import { defineCommand } from './define.ts';
import { changeConfig, printSetting, printSettings } from './config-settings.ts';
import { findSettingPaths } from '../library/settings.ts';
import { KEYS, isSettingKey } from '../settings/keys.ts';
import type { KeySpec } from '../settings/kinds.ts';
import type { Invocation } from './invocation.ts';
import { root } from './options.ts';

export const CONFIG_ACTIONS = ['get', 'set', 'unset', 'list', 'path', 'schema'] as const;

export const command = defineCommand({
  positionals: {
    action: {
      choices: CONFIG_ACTIONS,
      demandOption: true,
      describe: 'What to do; set and unset change your own config.json',
    },
    key: {
      type: 'string',
      completes: ({ action = '' }) => (['get', 'set', 'unset'].includes(action) ? 'settings' : undefined),
      describe: 'A setting such as timeout, or mcpServers.<name>',
    },
    value: {
      type: 'string',
      completes: ({ action, key }) => (action === 'set' ? listValues(key) : undefined),
      array: true,
      mayBeEmpty: true,
      default: [],
      describe: 'Its value; several words make a list, and an MCP server is JSON',
    },
  },
  options: {
    root: root('Directory whose .session.json counts (default: the current one)'),
  },
  examples: [
    ['session config list', 'every setting in force, and where it comes from'],
    ['session config set timeout 20m', 'how long a turn may take'],
    [`session config set mcpServers.docs '{"command":"docs-mcp"}'`, 'an MCP server for every session'],
  ],
  async run({ action, key, value, root: directory }, invocation) {
    switch (action) {
      case 'path':
        refuseWords(action, [key, ...value]);
        return await printPaths(invocation, directory);
      case 'schema':
        refuseWords(action, [key, ...value]);
        return await printSchema(invocation);
      case 'list':
        refuseWords(action, [key, ...value]);
        return await printSettings(invocation, directory);
      case 'get':
        refuseWords(action, value);
        return await printSetting(invocation, directory, requireKey(action, key));
      case 'set':
        if (value.length === 0) throw new SessionError('USAGE', 'config set takes a setting and its value.');
        return await changeConfig(invocation, directory, requireKey(action, key), [...value]);
      case 'unset':
        refuseWords(action, value);
        return await changeConfig(invocation, directory, requireKey(action, key), undefined);
    }
  },
});

type Action = (typeof CONFIG_ACTIONS)[number];

/** The possible values of a setting, if there are only a few. */
function listValues(key = ''): readonly string[] | undefined {
  const spec: KeySpec | undefined = isSettingKey(key) ? KEYS[key] : undefined;
  return spec?.kind === 'choice' ? spec.choices : spec?.kind === 'flag' ? ['true', 'false'] : undefined;
}

function refuseWords(action: Action, words: readonly (string | undefined)[]): void {
  const unexpected = words.filter((word) => word !== undefined);
  if (unexpected.length > 0)
    throw new SessionError('USAGE', `config ${action} does not take "${unexpected.join(' ')}".`);
}

function requireKey(action: Action, key: string | undefined): string {
  if (key !== undefined) return key;
  throw new SessionError('USAGE', `config ${action} takes the name of a setting.`, {
    hint: 'See "session config list" for all settings.',
  });
}

/** Prints the paths. As text only the file that `set` writes, for use with an editor. */
async function printPaths(invocation: Invocation, directory: string | undefined): Promise<void> {
  const record = findSettingPaths(invocation, { root: directory });
  await invocation.printer.record(record, `${record.config}\n`);
}

async function printSchema({ printer }: Invocation): Promise<void> {
  const { buildSettingsJsonSchema } = await import('../settings/json-schema.ts');
  const schema = buildSettingsJsonSchema();
  await printer.record(schema, `${JSON.stringify(schema, null, 2)}\n`);
}
