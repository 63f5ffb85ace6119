// The fake Messages API as a separate process, for callers that block while they measure: `node
// test/support/fake-api-process.mjs [BYTES]` prints its URL and answers every call at once, with BYTES bytes of text.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Loads a TypeScript module on any Node that the product supports. */
async function load(name) {
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}

const { startFakeApi } = await load('fake-api.ts');
const { reply, text } = await load('api-reply.ts');
const bytes = Number(process.argv[2] ?? 0);
const line = 'A line of sixty-four characters, as an answer of any length has.\n';

function* lines() {
  for (let left = bytes; left > 0; left -= line.length) yield line.slice(0, left);
}

const api = await startFakeApi({ keepRequests: false });
if (bytes > 0) api.script(() => reply(text(lines())));
process.stdout.write(`${api.url}\n`);
