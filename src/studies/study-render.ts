import { renderConstraint } from './constraint.ts';
import { renderCode, renderFence, renderLine, renderNumber } from '../text/markdown.ts';
import type { DesignVariable, Objective } from './study-config.ts';
import type { FileHead } from './study-folder.ts';
import type { StudyStatus } from './study.ts';
import { renderTrials } from './trials-render.ts';

const MAX_ITEMS = 100;

/** A study as Markdown, for the agent and for `session study`. The same status gives the same bytes. */
export function renderStudy(status: StudyStatus): string {
  const { folder, config, iterations, trials } = status;
  return [
    `## Study ${renderCode(folder.name)}`,
    `Folder: ${renderCode(`studies/${folder.name}`)}${iterations === null ? '' : `; folders in \`2_iterations\`: ${iterations}`}`,
    ...(config?.description ? [renderLine(config.description, 500)] : []),
    ...renderList('Objectives', (config?.objectives ?? []).map(renderObjective)),
    ...renderList('Design variables', (config?.variables ?? []).map(renderVariable)),
    ...renderList('Constraints', (config?.constraints ?? []).map(renderConstraint)),
    ...(trials === null ? [] : renderTrials(trials, status.database ?? '', config)),
    ...renderHead(status.readme),
    ...renderHead(status.report),
    ...renderList(
      'Not read',
      status.notes.map((note) => renderLine(note, 500)),
    ),
  ].join('\n\n');
}

function renderObjective({ name, direction, target, units }: Objective): string {
  const aim = target === null ? '' : ` towards ${renderNumber(target)}`;
  return `${renderCode(name)}${renderUnits(units)}: ${direction ?? 'no direction given'}${aim}`;
}

function renderVariable({ name, low, high, type, choices, units }: DesignVariable): string {
  const bounds =
    low === null && high === null
      ? ''
      : `${low === null ? 'no lower bound' : renderNumber(low)} to ${high === null ? 'no upper bound' : renderNumber(high)}`;
  const shown = choices.slice(0, MAX_ITEMS).map((choice) => renderCode(choice, 80));
  const range = shown.length > 0 ? `one of ${shown.join(', ')}` : bounds;
  const words = [range, type === null ? '' : renderLine(type, 40)].filter(Boolean);
  return `${renderCode(name)}${renderUnits(units)}${words.length > 0 ? `: ${words.join(', ')}` : ''}`;
}

function renderUnits(units: string | null): string {
  return units === null ? '' : ` (${renderLine(units, 40)})`;
}

function renderList(title: string, items: string[]): string[] {
  if (items.length === 0) return [];
  const rest = items.length > MAX_ITEMS ? [`- and ${items.length - MAX_ITEMS} more`] : [];
  return [`### ${title}`, [...items.slice(0, MAX_ITEMS).map((item) => `- ${item}`), ...rest].join('\n')];
}

function renderHead(file: FileHead | null): string[] {
  if (file === null || file.text.trim() === '') return [];
  const cut = file.isCut ? ` (the first ${Buffer.byteLength(file.text)} of ${file.totalBytes} bytes)` : '';
  return [`### ${file.path}${cut}`, renderFence(file.text, 'markdown')];
}
