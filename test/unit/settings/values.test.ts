import { describe, expect, it } from 'vitest';
import { durationMs, isDuration } from '../../../src/settings/durations.ts';
import { formatSize } from '../../../src/output/size.ts';
import { sizeBytes } from '../../../src/settings/sizes.ts';

const HOUR = 3_600_000;

describe('durations', () => {
  it.each([
    ['250ms', 250],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1.5h', 1.5 * HOUR],
    ['24h', 24 * HOUR],
    ['30d', 720 * HOUR],
    ['4w', 672 * HOUR],
    ['0', 0],
    ['0s', 0],
  ])('%s is %d ms', (text, expected) => expect(durationMs(text)).toBe(expected));

  it.each([
    '',
    '10',
    '-5m',
    '+5m',
    '5 m',
    '5M',
    'm',
    '1h30m',
    '1e3s',
    '5minutes',
    '١s',
    '101 y',
    '999999w',
    '1y',
    ' 5m',
  ])('"%s" is refused', (text) => {
    expect(isDuration(text)).toBe(false);
  });

  it('of nothing are refused where something has to be', () => {
    expect(isDuration('0s', true)).toBe(false);
    expect(isDuration('0.1ms', true)).toBe(false);
    expect(isDuration('1ms', true)).toBe(true);
  });
});

describe('sizes', () => {
  it.each([
    ['0', 0],
    ['4096B', 4096],
    ['500MB', 500_000_000],
    ['500 mb', 500_000_000],
    ['2GiB', 2 * 1024 ** 3],
    ['1.5k', 1500],
    ['1KiB', 1024],
    ['3TB', 3e12],
    ['12B', 12],
  ])('%s is %d bytes', (text, expected) => expect(sizeBytes(text)).toBe(expected));

  it.each(['', '-1', '5', '4096', '1e9', 'MB', '5 Mi B', '99999999999TB', '1,5GB', '5PB'])(
    '"%s" is none',
    (text) => expect(sizeBytes(text)).toBeUndefined(),
  );

  it.each([
    [0, '0 B'],
    [812, '812 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1_449_000_000, '1.4 GB'],
    [123_456_789, '123 MB'],
    [999_999, '1.0 MB'],
    [5e15, '5000 TB'],
  ])('%d prints as %s', (bytes, expected) => expect(formatSize(bytes)).toBe(expected));
});
