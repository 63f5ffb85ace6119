// A fake agent process. Each argument is an action, done in order. Then it runs until it is ended.
//   ignore=SIGTERM,SIGINT     does not mind these signals
//   say=TEXT                  writes a line to stdout
//   echo                      writes each stdin line to stdout
//   leave                     exits when stdin ends
//   obey                      exits when a stdin line asks for an interrupt
//   group=ARGS                starts another such process in its own process group, with these arguments (joined by +)
//   away=ARGS                 the same in a session of its own, as claude's Bash tool does
//   again=ARGS                the same, once more whenever one of them ends
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const self = fileURLToPath(import.meta.url);
let input;
const lines = () => (input ??= createInterface({ input: process.stdin }));
const say = (text) => process.stdout.write(`${text}\n`);

function start(args, detached) {
  const child = spawn(process.execPath, [self, ...args.split('+').filter(Boolean)], {
    detached,
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  say(`pid ${child.pid}`);
  return child;
}

function startAgain(args) {
  start(args, true).on('exit', () => startAgain(args));
}

const acts = {
  ignore: (signals) =>
    signals.split(',').forEach((signal) => process.on(signal, () => say(`ignored ${signal}`))),
  say,
  echo: () => lines().on('line', say),
  leave: () => lines().on('close', () => process.exit(0)),
  obey: () =>
    lines().on('line', (line) => line.includes('"interrupt"') && (say('interrupted'), process.exit(0))),
  group: (args) => start(args, false),
  away: (args) => start(args, true),
  again: startAgain,
};

for (const argument of process.argv.slice(2)) {
  const [act, ...value] = argument.split('=');
  acts[act](value.join('='));
}
say('ready');
setInterval(() => {}, 1000);
