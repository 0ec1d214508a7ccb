import { expect, test } from 'vitest';
import { costsOf, type Prices } from '../../../../src/policies/rollouts/cost/costs-of.ts';
import { rolloutReport, type ReportChanges } from '../../../fixtures/rollout-report.ts';

const hour = 3_600_000;
const all = { fromMs: 0, untilMs: 1_000 * hour };
const free: Prices = { services: {} };

/** An hour of a service with ten replicas. */
const rollout = (changes: ReportChanges) =>
  rolloutReport({
    ...{ startedAtMs: 0, endedAtMs: hour, previousVersion: 'v1', environment: 'prod' },
    ...changes,
  });
const extra = (...asked: [atHour: number, replicas: number][]) => ({
  steady: 10,
  extra: asked.map(([atHour, replicas]) => ({ atMs: atHour * hour, replicas })),
});

const costOf = (changes: ReportChanges, prices = free) => {
  const [cost] = costsOf([rollout(changes)], all, prices);
  if (cost === undefined) throw new Error('no cost');
  return cost;
};

test('a blue-green deployment doubles the replicas while both colours run', () => {
  const cost = costOf({ kind: 'blueGreen', replicaUse: extra([0, 10]) });
  expect(cost).toMatchObject({ extraReplicaHours: 10, share: 1, unknown: 0 });
});

test('the usual canary adds about a fifth: one replica, then two, then five', () => {
  const cost = costOf({ replicaUse: extra([0, 1], [1 / 6, 2], [1 / 2, 5], [1, 0]) });
  expect(cost.share).toBeCloseTo(0.333, 2);
  const longer = costOf({ replicaUse: extra([0, 1], [0.5, 2], [0.9, 5]) });
  expect(longer.share).toBeCloseTo(0.18, 2);
});

test('replicas count until they are removed, and no longer than the rollout', () => {
  expect(costOf({ replicaUse: extra([0.25, 4], [0.5, 0]) }).extraReplicaHours).toBeCloseTo(1);
  expect(costOf({ replicaUse: extra([0.5, 4], [2, 0]) }).extraReplicaHours).toBeCloseTo(2);
});

test.each([
  ['a rolling update', { kind: 'rolling', replicaUse: extra() }],
  ['a rollout that recorded nothing', {}],
  ['a rollout that died', { kind: 'unknown' }],
] as const)('what %s took is unknown, and not nothing', (_, changes) => {
  const cost = costOf(changes, { usual: 2, services: {} });
  expect(cost.unknown).toBe(1);
  expect(cost.extraReplicaHours).toBeUndefined();
  expect(cost.price).toBeUndefined();
  expect(cost.rollouts[0]?.unknown).toBeDefined();
});

test('a first release takes nothing beyond what its service takes', () => {
  const first = rolloutReport({ environment: 'prod', startedAtMs: 0, endedAtMs: hour });
  const [cost] = costsOf([first], all, free);
  expect(cost).toMatchObject({ unknown: 0, extraReplicaHours: 0 });
  expect(cost?.share).toBeUndefined();
});

test('a recreated service never has more replicas than before', () => {
  expect(costOf({ kind: 'recreate', replicaUse: extra() }).extraReplicaHours).toBe(0);
});

test.each([
  [{ usual: 0.5, services: {} }, 5],
  [{ usual: 0.5, services: { shop: 2 } }, 20],
  [{ usual: 0.5, services: { shop: 2, 'prod/shop': 3 } }, 30],
  [{ services: { 'demo/shop': 3 } }, undefined],
])('the price nearest to a service counts: %j', (prices, price) => {
  expect(costOf({ replicaUse: extra([0, 10]) }, prices).price).toBe(price);
});

test('a service named as a property of every object has the usual price', () => {
  const changes = { service: 'constructor', replicaUse: extra([0, 10]) };
  expect(costOf(changes, { usual: 0.5, services: {} }).price).toBe(5);
});

test('a rollout belongs to the period in which it ended, and each service is by itself', () => {
  const reports = [
    rollout({ service: 'shop', endedAtMs: 5 * hour, replicaUse: extra([4, 1]) }),
    rollout({ service: 'shop', endedAtMs: 50 * hour, replicaUse: extra([4, 1]) }),
    rollout({ service: 'cart', endedAtMs: 6 * hour, replicaUse: extra([5, 3]) }),
  ];
  const costs = costsOf(reports, { fromMs: 4 * hour, untilMs: 50 * hour }, free);
  expect(costs.map(({ service, extraReplicaHours }) => [service, extraReplicaHours])).toEqual([
    ['cart', 3],
    ['shop', 1],
  ]);
});
