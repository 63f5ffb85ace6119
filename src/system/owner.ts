/**
 * Names a process so that any other process can tell whether it still lives: `pid.birth@realm`.
 *
 * The birth is the kernel's start time, because pids are reused; it is empty where the system does not tell (anything but
 * Linux), and then the pid alone decides. The realm is where the pid means anything: `host/machine-boot/pid-namespace`.
 * Names of hosts are not unique, and copies of a virtual machine share the machine's id too, so a process of another
 * boot may run on another host. Nothing is known of it; that holds for our own host's earlier boots as well.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from '../errors.ts';

let realm: string | undefined;
let self: string | undefined;

/** The start of what identifies this machine or boot; '' where the system does not tell. */
function readId(file: string): string {
  try {
    return readFileSync(file, 'latin1').trim().replaceAll('-', '').slice(0, 8);
  } catch {
    return '';
  }
}

/** '' where unknown; undefined for a process that is no more, or a zombie: killed, but not yet waited for. */
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

/** This boot of this host and, on Linux, this pid namespace (containers may share a directory). */
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
  const [, pid, birth, where] = /^(\d+)\.([^@]*)@(.*)$/s.exec(owner) ?? [];
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

/** Whether that very process runs; 'unknown' when it belongs to another host or pid namespace, or the name is not one. */
export function isAlive(owner: string): boolean | 'unknown' {
  const named = parse(owner);
  if (named === undefined || named.realm !== ownRealm()) return 'unknown';
  if (!isPidTaken(named.pid)) return false;
  const birth = birthOf(named.pid);
  return birth !== undefined && (named.birth === '' || birth === '' || birth === named.birth);
}

/**
 * Whether that process can never come back: it is dead, or nothing is known of it and it gave no sign of life for long.
 */
export function isGone(owner: string, lastSignAt: number, maxSilenceMs: number, now = Date.now()): boolean {
  const alive = isAlive(owner);
  return alive === 'unknown' ? now - lastSignAt > maxSilenceMs : !alive;
}

/** The pid of an owner of this host and pid namespace; undefined for any other, whose pid means nothing here. */
export function pidOf(owner: string): number | undefined {
  const named = parse(owner);
  return named?.realm === ownRealm() ? named.pid : undefined;
}

/** An owner in words, for messages. */
export function describeOwner(owner: string): string {
  const named = parse(owner);
  if (named === undefined) return 'another process';
  if (named.realm === ownRealm()) return `process ${named.pid}`;
  const [host] = named.realm.split('/');
  return `process ${named.pid} on ${host === hostname() ? 'another boot or machine of this name' : host}`;
}
