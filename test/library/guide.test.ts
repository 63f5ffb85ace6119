/** Runs the programs of README.md, with the mock agent. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { Place, Running, parseLines, until } from '../support/run.ts';
import { TOP, makeProject } from './project.ts';

const guide = readFileSync(path.join(TOP, 'README.md'), 'utf8');

/** Starts a program of the guide, by the name in its first line, in a project that depends on the package. */
function startProgram(place: Place, name: string, env: Record<string, string> = {}): Running {
  const [, text] = new RegExp(`^\`\`\`js\n(// ${name}.*?)^\`\`\`$`, 'ms').exec(guide)!;
  const project = makeProject({});
  writeFileSync(path.join(project, name), text!);
  const child = spawn(process.execPath, [path.join(project, name)], {
    cwd: place.root,
    env: { ...place.env, ...env },
  });
  return new Running(child);
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await until(() => server.listening);
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

it('has two sessions answer at the same time', async () => {
  const place = new Place();
  const { code, stdout, stderr } = await startProgram(place, 'ask.mjs').ended;
  expect({ code, stderr }).toMatchObject({ code: 0 });
  expect(stdout).toMatch(/^[0-9a-f]{8}, completed, \$[\d.]+: .+\n[0-9a-f]{8}, completed, \$[\d.]+: .+\n/);
  expect(stdout).toMatch(/^wing 1$/m);
  expect(stdout).toMatch(/^bracket 1$/m);
  await place.expectNothingLeft();
});

it('serves the records of a turn over HTTP', async () => {
  const place = new Place();
  await place.newSession('--name', 'nightly');
  const port = await findPort();
  const serving = startProgram(place, 'serve.mjs', { PORT: String(port) });
  const post = (name: string, body: string, signal?: AbortSignal): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}/${name}`, { method: 'POST', body, ...(signal && { signal }) });
  await until(() =>
    post('nobody', 'say one').then(
      ({ status }) => status === 404,
      () => false,
    ),
  );

  const answer = await post('nightly', 'say one\nbash echo two');
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  const records = parseLines(await answer.text());
  expect(records[0]).toMatchObject({ type: 'start' });
  expect(records.at(-1)).toMatchObject({ type: 'done', status: 'completed' });

  const leave = new AbortController();
  const left = await post('nightly', 'say begun\nsleep 60s', leave.signal);
  await left.body!.getReader().read();
  leave.abort();
  await until(async () => (await place.show('nightly'))['last_turns'][0].status === 'interrupted');

  serving.kill('SIGTERM');
  expect(await serving.ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
  await place.expectNothingLeft();
});
