import { expect, it } from 'vitest';
import { formatClaim, parseClaim, refuseClaimed } from '../../../src/policies/chaos/pod-claims.ts';

const claim = { runRef: '20261130T090000-1a2b3c4d', step: 17, untilMs: Date.UTC(2026, 10, 30, 9) };
const web = { kind: 'ReplicaSet', name: 'web-5d9c' };
const before = claim.untilMs - 1;

it('a claim is read as it was written, and anything else is none', () => {
  expect(parseClaim(formatClaim(claim))).toEqual(claim);
  const others = [undefined, '', 'mine', 'run/1', 'run/1 until tomorrow', 'until 2026-11-30'];
  for (const written of others) expect(parseClaim(written)).toBeUndefined();
});

it('pods that a run hits are refused to every other until its time is over', () => {
  expect(refuseClaimed(web, claim, { nowMs: before })).toBe(
    'run 20261130T090000-1a2b3c4d hits pods of ReplicaSet web-5d9c, until 09:00:00 UTC at most',
  );
  expect(refuseClaimed(web, claim, { nowMs: before, runRef: 'another' })).toBeDefined();
  expect(refuseClaimed(web, claim, { nowMs: before, runRef: claim.runRef })).toBeUndefined();
  expect(refuseClaimed(web, claim, { nowMs: claim.untilMs })).toBeUndefined();
  expect(refuseClaimed(web, undefined, { nowMs: before })).toBeUndefined();
});
