'use strict';
/*
 * Loaded into a command with `-r`: writes to stderr what keeps the process running after the command has its exit
 * status, and ends it. Pending output to stdout and stderr is written first.
 */
const GRACE_MS = 1500;
let since;
setInterval(() => {
  if (process.exitCode === undefined) return;
  since ??= performance.now();
  if (performance.now() - since < GRACE_MS) return;
  process.stderr.write(`KEPT UP BY ${process.getActiveResourcesInfo().join(', ')}\n`);
  process.exit(99);
}, 20).unref();
