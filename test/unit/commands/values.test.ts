import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseSince } from '../../../src/commands/values.ts';

afterEach(() => vi.unstubAllEnvs());

describe('a time', () => {
  it.each([
    ['2026-11-26', '2026-11-26T05:00:00.000Z'],
    ['2026-11-26T00:00', '2026-11-26T05:00:00.000Z'],
    ['2026-11-26 00:00', '2026-11-26T05:00:00.000Z'],
    ['2026-07-01', '2026-07-01T04:00:00.000Z'],
    ['2026-11-26T14:30:15.25', '2026-11-26T19:30:15.250Z'],
    ['2026-11-26T14:30Z', '2026-11-26T14:30:00.000Z'],
    ['2026-11-26t14:30z', '2026-11-26T14:30:00.000Z'],
    ['2026-11-26T14:30+02', '2026-11-26T12:30:00.000Z'],
    ['2026-11-26T14:30-0530', '2026-11-26T20:00:00.000Z'],
    ['2028-02-29', '2028-02-29T05:00:00.000Z'],
  ])('%s without a zone is local', (text, expected) => {
    vi.stubEnv('TZ', 'America/New_York');
    expect(new Date(parseSince('--since', text)).toISOString()).toBe(expected);
  });

  it.each([
    '2026-02-30',
    '2026-02-29T10:00',
    '2026-04-31T00:00Z',
    '2026-13-01',
    '2026-00-10',
    '2026-11-26T24:00',
    '2026-11-26T10:60',
    '2026-11-26T10:00+25:00',
    '2026-11-26T10',
    '2026-11-26 or so',
    '2026-1-1',
    'yesterday',
    '',
  ])('%j is none', (text) => {
    expect(() => parseSince('--since', text)).toThrow('--since takes a date, a time or a duration');
  });
});
