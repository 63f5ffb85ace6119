/** Errors that all stores have in common. */
import { SessionError } from '../errors.ts';

export function noSession(id: string): SessionError {
  return new SessionError('NO_SESSION', `Session ${id} does not exist any more.`, {
    hint: 'See "session list".',
  });
}

export function inTrash(id: string): SessionError {
  return new SessionError('NO_SESSION', `Session ${id} is in the trash.`, {
    hint: `Bring it back with "session restore ${id}".`,
  });
}

export function notOwned(id: number): SessionError {
  return new SessionError('INTERRUPTED', `Turn ${id} was taken over by another process.`);
}

/** Another live session under the root has the name. */
export function nameTaken(name: string, by: string, root: string): SessionError {
  return new SessionError('USAGE', `The name "${name}" is taken by session ${by} under ${root}.`, {
    hint: `Choose another name, or give that session another one: session set ${by} --name NAME`,
  });
}
