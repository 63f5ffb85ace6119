import { renderCode, renderLine, renderNumber } from '../text/markdown.ts';
import type { Numeric } from './config-fields.ts';
import type { Comparison, Constraint } from './study-config.ts';

const HOLDS: Record<Comparison, (value: Numeric, threshold: Numeric) => boolean> = {
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '=': (value, threshold) => value <= threshold && value >= threshold,
};

/**
 * The constraints that are violated by the recorded number of the same name. Without a number a constraint counts as
 * met.
 */
export function findBroken(constraints: Constraint[], recorded: Record<string, unknown>): Constraint[] {
  return constraints.filter(({ name, comparison, threshold }) => {
    const value = recorded[name];
    return (
      (typeof value === 'number' || typeof value === 'bigint') &&
      comparison !== null &&
      threshold !== null &&
      !HOLDS[comparison](value, threshold)
    );
  });
}

export function renderConstraint({ name, comparison, threshold, units }: Constraint): string {
  const limit = threshold === null ? '' : ` ${comparison ?? '(limit)'} ${renderNumber(threshold)}`;
  return `${renderCode(name)}${limit}${units === null ? '' : ` ${renderLine(units, 40)}`}`;
}
