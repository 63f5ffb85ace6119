/**
 * Names a process so that any other process can tell whether it still runs: `pid.birth@realm`.
 *
 * The birth is the kernel's start time, because pids are reused. It is empty on systems other than Linux; then the pid
 * alone decides. The realm is where the pid is valid: `host/machine-boot/pid-namespace`. Names of hosts are not unique,
 * and copies of a virtual machine have the same machine id, so a process of another boot may run on another host. Its
 * state is unknown. The same holds for earlier boots of our own host.
 *
 * A store that several machines share adds the number of the lease, `#2`, where it is not the first (store/postgres/leases.ts).
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../errors.ts';

let realm: string | undefined;
let self: string | undefined;

/** The first characters of the id of this machine or boot; '' where the system has none. */
function readId(file: string): string {
  try {
    return readFileSync(file, 'latin1').trim().replaceAll('-', '').slice(0, 8);
  } catch {
    return '';
  }
}

/**
 * '' where unknown. Undefined for a process that has ended, or a zombie (ended, but its parent has not waited for it).
 */
function birthOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : (fields[18] ?? '');
  } catch (error) {
    return ['ENOENT', 'ESRCH'].includes(systemCode(error) ?? '') && isPidTaken(pid) ? '' : undefined;
  }
}

function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/**
 * This boot of this host and, on Linux, this pid namespace. Containers with different pid namespaces may share a
 * directory.
 */
function ownRealm(): string {
  if (realm !== undefined) return realm;
  let namespace = '';
  try {
    namespace = `/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Only Linux has pid namespaces.
  }
  const ids = `${readId('/etc/machine-id')}-${readId('/proc/sys/kernel/random/boot_id')}`;
  return (realm = `${hostname()}/${ids}${namespace}`);
}

function parse(owner: string): { pid: number; birth: string; realm: string } | undefined {
  const [, pid, birth, where] = /^(\d+)\.([^@]*)@(.*?)(?:#\d+)?$/s.exec(owner) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), birth: birth!, realm: where! };
}

/** The owner name of a process of this host. */
export function ownerOf(pid: number): string {
  return `${pid}.${birthOf(pid) ?? ''}@${ownRealm()}`;
}

/** The owner name of this process. */
export function selfOwner(): string {
  return (self ??= ownerOf(process.pid));
}

/** Whether the name is that of this process. */
export function isSelf(owner: string): boolean {
  return owner.replace(/#\d+$/, '') === selfOwner();
}

/**
 * Whether exactly this process runs. 'unknown' when it belongs to another host or pid namespace, or when the name is
 * not valid.
 */
export function isAlive(owner: string): boolean | 'unknown' {
  const named = parse(owner);
  if (named === undefined || named.realm !== ownRealm()) return 'unknown';
  if (!isPidTaken(named.pid)) return false;
  const birth = birthOf(named.pid);
  return birth !== undefined && (named.birth === '' || birth === '' || birth === named.birth);
}

/** Whether the process is dead, or its state is unknown and it gave no sign of life for `maxSilenceMs`. */
export function isGone(owner: string, lastSignAt: number, maxSilenceMs: number, now = Date.now()): boolean {
  const alive = isAlive(owner);
  return alive === 'unknown' ? now - lastSignAt > maxSilenceMs : !alive;
}

/** The pid of an owner of this host and pid namespace; undefined for any other owner. */
export function pidOf(owner: string): number | undefined {
  const named = parse(owner);
  return named?.realm === ownRealm() ? named.pid : undefined;
}

/** Describes an owner for messages. */
export function describeOwner(owner: string): string {
  const named = parse(owner);
  if (named === undefined) return 'another process';
  if (named.realm === ownRealm()) return `process ${named.pid}`;
  const [host] = named.realm.split('/');
  return `process ${named.pid} on ${host === hostname() ? 'another boot or machine of this name' : host}`;
}
