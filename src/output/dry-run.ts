import type { Plan } from '../model/turn-plan.ts';

/** What would be started, to be read. */
export function renderDryRun(plan: Plan): string {
  return [
    `# in ${plan.cwd} (${plan.continuity})`,
    plan.argv.map(quote).join(' '),
    '',
    `# environment: ${plan.env.join(' ')}`,
    '',
    '# system-prompt.md',
    plan.system_prompt,
    '# mcp.json',
    JSON.stringify(plan.mcp_config, null, 2),
    '',
    '# stdin',
    plan.stdin,
  ].join('\n');
}

/** A word as a shell takes it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
