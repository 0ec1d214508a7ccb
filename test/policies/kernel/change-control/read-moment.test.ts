import { describe, expect, it } from 'vitest';
import { readMoment } from '../../../../src/policies/kernel/change-control/read-moment.ts';

describe('a moment', () => {
  it.each([
    ['2026-12-24T17:00Z', '2026-12-24T17:00:00.000Z'],
    ['2026-12-24 18:00:01+0100', '2026-12-24T17:00:01.000Z'],
    ['2026-12-24T17:00:01.5Z', '2026-12-24T17:00:01.500Z'],
    ['2026-12-24T17:00:01.123999-00:30', '2026-12-24T17:30:01.123Z'],
    ['2026-12-24T17:00:01.002Z', '2026-12-24T17:00:01.002Z'],
  ])('%s is %s, to the millisecond', (written, moment) => {
    expect(readMoment(written)).toEqual({ ms: Date.parse(moment) });
  });
});
