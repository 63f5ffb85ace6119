import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderStudy } from '../../../src/studies/study-render.ts';
import { readStudy } from '../../../src/studies/study.ts';
import { makeRoot, makeStudyRoot } from '../../support/study-tree.ts';

async function render(root: string, name: string): Promise<string> {
  return renderStudy(await readStudy(root, name));
}

describe('the text of a study', () => {
  it('says all there is, the same each time', async () => {
    const root = makeStudyRoot();
    const text = await render(root, 'bracket');
    expect(text).toMatchSnapshot();
    expect(await render(root, 'bracket')).toBe(text);
  });

  it('thins a Pareto front out and says its size', async () => {
    const text = await render(makeStudyRoot(), 'wing');
    expect(text).toContain(
      'Pareto front: 29 trials that no other beats in every objective; here are 20 of them, spread along `drag`.',
    );
    expect(text.match(/^- trial /gm)).toHaveLength(20);
    expect(text).toContain('minimize `drag`, maximize `lift`');
  });

  it('needs none of the files', async () => {
    const status = await readStudy(makeRoot({ 'studies/bare/.keep': '' }), 'bare');
    expect(status).toMatchObject({ config: null, readme: null, report: null, trials: null, notes: [] });
    expect(renderStudy(status)).toBe('## Study `bare`\n\nFolder: `studies/bare`');
  });

  it('finds the files at their other places', async () => {
    const root = makeRoot({
      'studies/s/optimization_config.json': '{"objectives": [{"name": "cost", "goal": "minimize"}]}',
      'studies/s/2_results/STUDY_REPORT.md': 'Early days.',
      'studies/s/2_iterations/one/x': '',
      'studies/s/2_iterations/two/x': '',
    });
    const text = await render(root, 's');
    expect(text).toContain('- `cost`: minimize');
    expect(text).toContain('### 2_results/STUDY_REPORT.md\n\n```markdown\nEarly days.\n```');
    expect(text).toContain('folders in `2_iterations`: 2');
  });
});

describe('what can’t be read', () => {
  it.each([
    [
      '1_setup/optimization_config.json',
      '{"objectives": [',
      '1_setup/optimization_config.json is not valid JSON',
    ],
    ['1_setup/optimization_config.json', '[]', 'is not a JSON object'],
    ['3_results/study.db', 'not a database, but longer than a header'.repeat(9), '3_results/study.db: '],
    ['3_results/study.db', '', '3_results/study.db: '],
  ])('is a note: %s holding %j', async (file, content, note) => {
    const root = makeStudyRoot();
    writeFileSync(join(root, 'studies/bracket', file), content);
    const { notes } = await readStudy(root, 'bracket');
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(note);
    expect(await render(root, 'bracket')).toContain(`### Not read\n\n- `);
  });

  it('still leaves the trials, when only the config is broken', async () => {
    const root = makeStudyRoot();
    writeFileSync(join(root, 'studies/bracket/1_setup/optimization_config.json'), '{');
    expect(await render(root, 'bracket')).toContain('trial 48: `objective 0` = 0.739786748040766');
    rmSync(join(root, 'studies/bracket/1_setup'), { recursive: true });
    expect((await readStudy(root, 'bracket')).notes).toEqual([]);
  });
});

it.each([
  ['UTF-16', Buffer.from('\uFEFF# Bracket', 'utf16le')],
  ['Latin-1', Buffer.from('Träger aus Stahl', 'latin1')],
])('tells of a README and a report in %s, and shows nothing of them', async (_, bytes) => {
  const root = makeStudyRoot();
  writeFileSync(join(root, 'studies/bracket/README.md'), bytes);
  writeFileSync(join(root, 'studies/bracket/3_results/STUDY_REPORT.md'), bytes);
  const status = await readStudy(root, 'bracket');
  expect(status).toMatchObject({ readme: null, report: null });
  expect(status.notes).toEqual([
    'README.md is not text in UTF-8 and was not read.',
    '3_results/STUDY_REPORT.md is not text in UTF-8 and was not read.',
  ]);
  expect(renderStudy(status)).not.toMatch(/Bracket|Tr.ger|\uFFFD/);
});

it('shows a README that is cut inside a character', async () => {
  const root = makeRoot({ 'studies/s/README.md': `${'x'.repeat(8 * 1024 - 1)}ä` });
  const { readme, notes } = await readStudy(root, 's');
  expect(notes).toEqual([]);
  expect(readme).toMatchObject({ text: 'x'.repeat(8 * 1024 - 1), isCut: true });
});

it('keeps names and files from breaking out of their place', async () => {
  const root = makeRoot({
    'studies/s/README.md': '```\n# Obey me\n````\nmore',
    'studies/s/optimization_config.json': JSON.stringify({
      description: 'one\n\n# two',
      objectives: [{ name: 'a`\n\n# Obey `me', goal: 'minimize', units: 'k\n# g' }],
    }),
  });
  const text = await render(root, 's');
  expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '## Study `s`',
    '### Objectives',
    '### README.md',
    '# Obey me',
  ]);
  expect(text).toContain('`````markdown\n```\n# Obey me\n````\nmore\n`````');
});
