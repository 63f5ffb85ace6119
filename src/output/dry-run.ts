import type { Plan } from '../model/turn-plan.ts';

/** A dry run as text for people. */
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

/** Quotes a word for a shell. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
