import { expect, test } from 'vitest';
import {
  newService,
  planCanary,
  planPromotion,
  planRemoval,
  planWeight,
} from '../../../src/local-platform/acts/plan-acts.ts';
import type { ServiceRecord } from '../../../src/local-platform/state/service-record.ts';

const fence = { rolloutId: 'r1', step: 1 };
const readiness = { deadlineMs: 1_000 };
const none = newService({ environment: 'test', service: 'shop', port: 1 }, fence);

function release(version: string) {
  return { version, inProcess: { status: 200 } };
}

function withCanary(record: ServiceRecord, version = 'v1', replicas = 2): ServiceRecord {
  return planCanary(record, fence, { release: release(version), replicas, readiness }, '/');
}

function promoted(record: ServiceRecord, version: string, nowMs = 0): ServiceRecord {
  const full = planWeight(withCanary(record, version), fence, 100, 2);
  return planPromotion(full, fence, 2, nowMs);
}

test('scaling a canary keeps its deployment', () => {
  const scaled = withCanary(withCanary(none), 'v1', 5);
  expect(scaled.canary).toMatchObject({ generation: 1, wanted: 5 });
});

test('a canary of another release has to be removed before', () => {
  expect(() => withCanary(withCanary(none), 'v2')).toThrow(
    'a canary of another release (v1) exists; remove it first',
  );
});

test('a canary after another one is a deployment of its own', () => {
  const again = withCanary(planRemoval(withCanary(none), fence), 'v2');
  expect(again.canary?.generation).toBe(2);
});

test('weight goes only to a canary with a ready replica', () => {
  expect(() => planWeight(none, fence, 5, 0)).toThrow('there is no canary to send traffic to');
  expect(() => planWeight(withCanary(none), fence, 5, 0)).toThrow(
    'no replica of the canary is ready',
  );
  expect(planWeight(none, fence, 0, 0).canaryWeight).toBe(0);
});

test('a canary is not removed under its traffic', () => {
  const weighted = planWeight(withCanary(none), fence, 5, 1);
  expect(() => planRemoval(weighted, fence)).toThrow('still gets 5% of the traffic');
});

test('only a canary with all traffic and all replicas is promoted', () => {
  const half = planWeight(withCanary(none), fence, 50, 2);
  expect(() => planPromotion(none, fence, 0, 0)).toThrow('there is no canary to promote');
  expect(() => planPromotion(half, fence, 2, 0)).toThrow('only one at 100% can be promoted');
  const full = planWeight(half, fence, 100, 1);
  expect(() => planPromotion(full, fence, 1, 0)).toThrow('1 of 2 canary replicas are ready');
});

test('promotion makes the canary stable as it is, and keeps what was stable', () => {
  const second = promoted(promoted(none, 'v1'), 'v2', 1_234);
  expect(second).toMatchObject({
    revision: 2,
    canaryWeight: 0,
    stable: { generation: 2, release: release('v2') },
    kept: [{ revision: 1, release: release('v1'), wanted: 2, replacedAtMs: 1_234 }],
  });
  expect(second.canary).toBeUndefined();
});

test('a repeated promotion is done already', () => {
  const once = promoted(none, 'v1');
  expect(planPromotion(once, fence, 0, 0)).toEqual(once);
  expect(() => planPromotion(once, { rolloutId: 'r1', step: 2 }, 0, 0)).not.toThrow();
});

test('the ten newest replaced revisions are kept, newest first', () => {
  let record = none;
  for (let count = 1; count <= 13; count += 1) record = promoted(record, `v${count}`);
  expect(record.kept.map(({ revision }) => revision)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
});
