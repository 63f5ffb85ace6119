/** Takes a lock and keeps it: argv is its path, and `file` to make it without a link. */
import { FileLock } from '../../src/system/lock.ts';

const [path = '', kind] = process.argv.slice(2);
const lock = new FileLock(path, { links: kind !== 'file' });
if (!lock.acquireSync(10_000)) throw new Error('The lock was not to be had.');
process.stdout.write('held\n');
setInterval(() => {}, 60_000);
