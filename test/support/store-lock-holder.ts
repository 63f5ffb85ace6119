/** Acquires a lock and holds it. argv: its path, and `file` to create it without a link. */
import { FileLock } from '../../src/system/lock.ts';

const [path = '', kind] = process.argv.slice(2);
const lock = new FileLock(path, { links: kind !== 'file' });
void lock.acquire(10_000).then((isHeld) => process.stdout.write(isHeld ? 'held\n' : 'not held\n'));
setInterval(() => {}, 60_000);
