import { describe, expect, it } from 'vitest';
import {
  freshAgreement,
  isHostLost,
} from '../../../../src/policies/recovery/databases/lost-host.ts';

const agreed = { atMs: 20_000, why: 'nobody reaches it' };
const seen = { node: 'db-1', downSinceMs: 10_000, leaseOverAtMs: 19_000, agreed };

describe('the host of a primary', () => {
  it('is not asked any more once its lease has run out, and everybody else has just agreed', () => {
    expect(isHostLost(seen, 20_000)).toBe(true);
    expect(isHostLost(seen, 25_000)).toBe(true);
  });

  it.each([
    ['nothing is known of it', undefined],
    ['it kept no lease', { node: 'db-1', downSinceMs: 10_000, agreed }],
    ['its lease has not run out', { ...seen, leaseOverAtMs: 20_001 }],
    ['nobody else has looked', { node: 'db-1', downSinceMs: 10_000, leaseOverAtMs: 19_000 }],
    [
      'they looked so long ago that it may have been started again',
      { ...seen, agreed: { ...agreed, atMs: 14_999 } },
    ],
  ])('is asked where %s', (_, known) => {
    expect(isHostLost(known, 20_000)).toBe(false);
  });
});

describe('what everybody has agreed on', () => {
  it('is not confirmed again within 5 s', () => {
    expect(freshAgreement(seen, 25_000)).toBe(agreed);
    expect(freshAgreement(seen, 25_001)).toBeUndefined();
  });
});
