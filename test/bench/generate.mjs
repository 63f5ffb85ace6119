// Fills a store for measurements: node test/bench/generate.mjs FILE [SESSIONS [MESSAGES_EACH [ROOTS]]]
import { fillStore } from './stores.mjs';

const [file, sessions = 100_000, messagesEach = 10, roots = 50] = process.argv.slice(2);
const since = performance.now();
await fillStore(file, Number(sessions), Number(messagesEach), Number(roots));
console.log(
  `${sessions} sessions of ${messagesEach} messages in ${Math.round(performance.now() - since)} ms`,
);
