// Preloaded into a measured process: it says at its end, on stdout, how many KB it held at most.
const { writeSync } = require('node:fs');

process.on('exit', () => writeSync(1, `\npeak ${process.resourceUsage().maxRSS}\n`));
