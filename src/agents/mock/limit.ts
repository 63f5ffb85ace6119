import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Turn } from './turn.ts';

/**
 * Fails the turn because of a usage limit of the account. All sessions of a home share the limit: one file says when it
 * ends.
 *
 * Returns when that time has passed. The limit is then removed.
 */
export function useUpLimit(turn: Turn, durationMs: number): void {
  const { folder, output } = turn.machine;
  const file = path.join(folder, 'limit');
  const known = readNumber(file);
  if (known !== undefined && known * 1000 <= Date.now()) {
    rmSync(file, { force: true });
    return;
  }
  const resetsAt = known ?? Math.ceil((Date.now() + durationMs) / 1000);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, String(resetsAt));
  const window = { resetsAt, status: 'rejected' };
  const info = {
    ...window,
    rateLimitType: 'five_hour',
    overageStatus: 'rejected',
    overageDisabledReason: 'org_level_disabled',
    isUsingOverage: false,
    unifiedWindows: { five_hour: { utilization: 1, ...window } },
  };
  output.told({ type: 'rate_limit_event', rate_limit_info: info });
  const time = new Date(resetsAt * 1000).toLocaleTimeString('en-US', {
    timeZone: 'UTC',
    hour: 'numeric',
    minute: '2-digit',
  });
  turn.fail({
    text: `You've hit your 5-hour limit · resets ${time.replace(/\s/, '').toLowerCase()} (UTC)`,
    error: 'rate_limit',
    status: 429,
    apiError: { api_error: 'usage_limit_reached', api_error_type: 'rate_limit_error' },
  });
}

function readNumber(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
