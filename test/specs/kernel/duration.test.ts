import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../../src/specs/kernel/duration.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['4h', 14_400_000],
    ['2d', 172_800_000],
    [' 10 m ', 600_000],
    ['0', 0],
    ['0s', 0],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '10', '10 minutes', '-5m', '1m30', 'm', '5%', '1e3s', 'ten'])(
    'does not take %j for one',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [0, '0s'],
    [0.4, '0ms'],
    [250, '250ms'],
    [1_500, '1.5s'],
    [59_999, '59.9s'],
    [90_000, '1m30s'],
    [600_000, '10m'],
    [3_661_500, '1h1m1s'],
    [129_600_000, '1d12h'],
    [-5_000, '-5s'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
