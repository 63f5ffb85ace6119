/**
 * One line of a result: what it is, how long it took, how that compares, and whether that is what it should be.
 *
 * @typedef {object} Row
 * @property {string} name
 * @property {number} [median] Milliseconds.
 * @property {number} [least]
 * @property {number} [firstByte]
 * @property {number} [cpu]
 * @property {string} [value] For what is no time.
 * @property {string} [ratio] To what, and how much.
 * @property {string} [target]
 * @property {boolean} [isReached]
 */

/** Sets times in relation to one of them. Targets are the highest ratio each may have. */
export function compare(times, base, targets = {}) {
  const floor = times.find(({ name }) => name === base);
  return times.map((row) => {
    const ratio = row.median / floor.median;
    const target = targets[row.name];
    return {
      ...row,
      ...(row !== floor && { ratio: `${ratio.toFixed(2)}×` }),
      ...(target !== undefined && { target: `≤ ${target}×`, isReached: ratio <= target }),
    };
  });
}

/** Several comparisons as one table of Markdown, which reads well on a terminal too. */
export function renderTable(parts) {
  const lines = [['', 'median', 'least', 'ratio', 'target', '']];
  for (const { title, rows } of parts) {
    lines.push([`**${title}**`, '', '', '', '', '']);
    for (const row of rows) {
      const verdict = row.isReached === undefined ? '' : row.isReached ? 'yes' : 'no';
      lines.push([
        row.name,
        row.value ?? ms(row.median),
        ms(row.least),
        row.ratio ?? '',
        row.target ?? '',
        verdict,
      ]);
    }
  }
  const widths = lines[0].map((_, column) => Math.max(3, ...lines.map((line) => line[column].length)));
  const [head, ...body] = lines.map(
    (line) =>
      `| ${line.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]) : cell.padStart(widths[n]))).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width, n) => (n === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [head, rule, ...body].join('\n');
}

const ms = (value) => (value === undefined ? '' : `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`);
