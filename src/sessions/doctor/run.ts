import { existsSync } from 'node:fs';
import { projectFile } from '../../settings/paths.ts';
import { withAbsolutePath } from '../../system/find-program.ts';
import { VERSION } from '../../version.ts';
import { loadSettings } from '../../settings/settings.ts';
import { describeLeftOut } from '../../turns/left-out.ts';
import { checkAgent } from './agent.ts';
import { fail, failWith, ok, warn } from './check.ts';
import type { Check } from './check.ts';
import { checkLeftovers } from './leftovers.ts';
import type { DoctorContext, Place } from './context.ts';
import { checkPlaces } from './places.ts';
import { checkServers } from './servers.ts';
import { checkStore } from './store.ts';
import { checkWriting } from './writing.ts';

/** As in package.json. */
const OLDEST_NODE = [20, 19] as const;

/**
 * Checks everything that a session needs, and yields the results. Repairs nothing, and leaves no files.
 *
 * The agent and the MCP servers are checked only when the settings can be read.
 */
export async function* runChecks(place: Place): AsyncGenerator<Check> {
  yield checkNode(process.versions.node);
  const { paths, root } = place;
  const env = withAbsolutePath(place.env);
  let context: DoctorContext | undefined;
  try {
    context = { ...place, env, settings: (await loadSettings({ env, paths })).value };
    yield ok('settings', describeFile(paths.config));
    context = { ...context, settings: (await loadSettings({ env, paths, root })).value };
    yield ok('project', describeFile(projectFile(root)));
    yield checkTrust(context);
  } catch (error) {
    yield failWith(context === undefined ? 'settings' : 'project', error);
  }
  yield checkPlaces(place);
  yield checkWriting(place);
  yield* guarded('store', checkStore(place));
  yield* guarded('leftovers', checkLeftovers(place));
  if (context === undefined) return;
  yield* checkAgent(context);
  yield* checkServers(context);
}

/** Turns an error of a check into a failed check, so that the others run. */
async function* guarded(name: string, checks: AsyncIterable<Check>): AsyncGenerator<Check> {
  try {
    yield* checks;
  } catch (error) {
    yield failWith(name, error);
  }
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const facts = `${version} on ${process.platform} ${process.arch}, session ${VERSION}`;
  const [leastMajor, leastMinor] = OLDEST_NODE;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return ok('node', facts);
  return fail('node', facts, `Install Node.js ${OLDEST_NODE.join('.')} or later.`);
}

function checkTrust(context: DoctorContext): Check {
  const left = describeLeftOut(context.root, context);
  if (left !== undefined) return warn('trust', left.sentence, left.hint);
  return ok(
    'trust',
    context.settings.project.isTrusted ? `${context.root} is trusted` : 'nothing here needs trust',
  );
}

function describeFile(path: string): string {
  return existsSync(path) ? path : `there is no ${path}, which is fine`;
}
