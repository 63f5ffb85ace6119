// Installs the claude versions that the suite runs on and prints the path of each one's binary; with `floor`, `newest`
// or a version as argument, of that one alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installApart } from '../support/install-apart.mjs';

const CLAUDE_VERSIONS = JSON.parse(
  readFileSync(new URL('../../src/agents/claude/tested-versions.json', import.meta.url), 'utf8'),
);

/** Returns the binary's path, and installs it first when it is missing. Throws when there is none for this platform. */
function installClaude(version) {
  const name = `@anthropic-ai/claude-code-${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;
  const program = process.platform === 'win32' ? 'claude.exe' : 'claude';
  return join(installApart(version, name, version), program);
}

function isMusl() {
  return process.platform === 'linux' && process.report.getReport().header.glibcVersionRuntime === undefined;
}

const [wanted] = process.argv.slice(2);
const versions = wanted === undefined ? Object.values(CLAUDE_VERSIONS) : [CLAUDE_VERSIONS[wanted] ?? wanted];
for (const version of versions) process.stdout.write(`${installClaude(version)}\n`);
