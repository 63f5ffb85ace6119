import * as v from 'valibot';
import { listTrials } from '../studies/optuna-list.ts';
import { TRIAL_STATES } from '../studies/optuna-trial.ts';
import { queryTrials } from '../studies/study-database.ts';
import { readConfigIfSound } from '../studies/study-files.ts';
import { findStudies, selectStudy } from '../studies/study-folder.ts';
import { renderStudy } from '../studies/study-render.ts';
import { readStudy } from '../studies/study.ts';
import { objectiveNames, renderTrial } from '../studies/trial-render.ts';
import { SessionError } from '../errors.ts';
import { joinBounded } from './answer-size.ts';
import { defineTool } from './tool.ts';
import type { Tool } from './tool.ts';

const study = v.optional(
  v.pipe(v.string(), v.nonEmpty(), v.description("The study's name; without it, the session's study.")),
);
const offset = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(0), v.description('How many to leave out first.')),
  0,
);

const listInput = v.object({ offset });

const statusInput = v.object({ study });

const trialsInput = v.object({
  study,
  state: v.optional(v.pipe(v.picklist(TRIAL_STATES), v.description('Only trials in this state.'))),
  sort: v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.description(
        'By "number", "value" (of the first objective), "value:1" (of the second), or the name of a parameter ("number").',
      ),
    ),
    'number',
  ),
  descending: v.optional(v.pipe(v.boolean(), v.description('Largest first (false).')), false),
  limit: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description('Trials at most (20).')),
    20,
  ),
  offset,
});

/** Tools for the studies of the root. Each call reads their files and databases again. */
export function studyTools(root: string, selected: string | undefined): Tool[] {
  function nameOf(given: string | undefined): string {
    const name = given ?? selected;
    if (name !== undefined) return name;
    throw new SessionError(
      'STUDY_INVALID',
      'This session has no study: give the name of one (see list_studies).',
    );
  }
  return [
    defineTool({
      name: 'list_studies',
      title: 'List studies',
      description: "Names the optimisation studies below the project's studies/ folder.",
      input: listInput,
      async run({ offset: skipped }) {
        const names = findStudies(root);
        if (names.length === 0) return 'There are no studies below studies/.';
        const lines = names
          .slice(skipped)
          .map((name) => `- ${name}${name === selected ? " (this session's)" : ''}`);
        return joinBounded(
          [`${names.length} studies:`, ...lines],
          (shown) => `Cut: go on with offset ${skipped + shown - 1}.`,
        );
      },
    }),
    defineTool({
      name: 'study_status',
      title: 'Status of a study',
      description:
        'Says what a study optimises, how many trials are complete, running and failed, and its best trial or Pareto front with the parameters, as of now.',
      input: statusInput,
      async run({ study: given }) {
        const text = renderStudy(await readStudy(root, nameOf(given)));
        return joinBounded([text], () => 'Cut here: read the files of the study for the rest.');
      },
    }),
    defineTool({
      name: 'list_trials',
      title: 'List trials',
      description:
        'Lists trials of a study with values and parameters, filtered by state and sorted, as of now.',
      input: trialsInput,
      async run({ study: given, ...query }) {
        const folder = selectStudy(root, nameOf(given));
        const config = readConfigIfSound(folder) ?? null;
        const found = await queryTrials(folder, (db, optuna) => ({
          ...listTrials(db, optuna, query),
          names: objectiveNames(optuna, config),
        }));
        if (found === undefined)
          throw new SessionError('STUDY_INVALID', `Study ${folder.name} has no study.db yet.`);
        const { trials, total, names } = found.result;
        const lines = trials.map((trial) => `- ${renderTrial(trial, names, config)}`);
        const end = query.offset + lines.length;
        const title = `${total} trials match; these are ${Math.min(query.offset + 1, end)} to ${end}.`;
        if (lines.length === 0)
          return `${total} trials match; there are none after the first ${query.offset}.`;
        return joinBounded(
          [title, ...lines],
          (shown) => `Cut: go on with offset ${query.offset + shown - 1}.`,
        );
      },
    }),
  ];
}
