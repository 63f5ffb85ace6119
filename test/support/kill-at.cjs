'use strict';
// Loaded before the program (`node --require`): counts the calls that change files or processes, from the first that
// ends with KILL_FROM on, and kills it with SIGKILL before call number KILL_AT. With KILL_LOG the calls are written to
// that file. Repeated calls of one kind on one file (SQLite writing its pages) count once, because the store has its
// own tests for those.
const fs = require('node:fs');
const net = require('node:net');
const childProcess = require('node:child_process');

const at = Number(process.env.KILL_AT ?? 0);
const { KILL_LOG, KILL_FROM = '' } = process.env;
const { appendFileSync } = fs;
let depth = 0;
let count = 0;
let isCounting = false;
let last = '';

function reach(name) {
  if (name === last) return;
  last = name;
  isCounting ||= name.endsWith(KILL_FROM);
  if (isCounting) count += 1;
  if (KILL_LOG !== undefined) appendFileSync(KILL_LOG, `${name}\n`);
  if (isCounting && count === at) process.kill(process.pid, 'SIGKILL');
}

/** `describe` returns the name of a call, which identifies the point; undefined for calls that change nothing. */
function wrap(owner, method, describe) {
  const original = owner[method];
  owner[method] = function wrapped(...args) {
    const what = depth === 0 ? describe(args) : undefined;
    depth += 1;
    try {
      if (what !== undefined) reach(`${method} ${what}`);
      return original.apply(this, args);
    } finally {
      depth -= 1;
    }
  };
}

const end = (path) => String(path).split('/').slice(-2).join('/');
const files = [
  'writeFileSync',
  'renameSync',
  'rmSync',
  'unlinkSync',
  'mkdirSync',
  'rmdirSync',
  'truncateSync',
];
for (const method of files) wrap(fs, method, ([path]) => end(path));
wrap(fs, 'symlinkSync', ([, path]) => end(path));
for (const method of ['writeSync', 'ftruncateSync', 'fsyncSync']) wrap(fs, method, ([fd]) => `fd ${fd}`);
wrap(fs, 'openSync', ([path, flags = 'r']) => (flags === 'r' || flags === 0 ? undefined : end(path)));
wrap(childProcess, 'spawn', ([file, args = []]) => `${end(file)} ${args.slice(1, 2).join(' ')}`);
for (const method of ['write', 'end', 'connect']) wrap(net.Socket.prototype, method, () => 'stream');
