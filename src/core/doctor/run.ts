import { loadSettings } from '../../settings/settings.ts';
import { checkAgent } from './agent.ts';
import { failWith, ok } from './check.ts';
import type { Check } from './check.ts';
import { checkLeftovers } from './leftovers.ts';
import type { Patient, Place } from './patient.ts';
import { checkPlaces } from './places.ts';
import { checkServers } from './servers.ts';
import { checkStore } from './store.ts';

/**
 * Looks at everything a session needs, and yields what it finds. Creates nothing and repairs nothing.
 *
 * Agent and MCP servers are looked at only where the settings that name them can be read.
 */
export async function* runChecks(place: Place): AsyncGenerator<Check> {
  yield ok('node', `${process.versions.node} on ${process.platform} ${process.arch}`);
  const { env, paths, root } = place;
  let patient: Patient | undefined;
  try {
    patient = { ...place, settings: (await loadSettings({ env, paths })).value };
    yield ok('settings', paths.config);
    patient = { ...place, settings: (await loadSettings({ env, paths, root })).value };
    yield ok('project', root);
  } catch (error) {
    yield failWith(patient === undefined ? 'settings' : 'project', error);
  }
  yield checkPlaces(place);
  yield* checkStore(place);
  yield* checkLeftovers(place);
  if (patient === undefined) return;
  yield* checkAgent(patient);
  yield* checkServers(patient);
}
