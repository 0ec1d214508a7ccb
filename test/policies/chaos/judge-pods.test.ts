import { expect, test } from 'vitest';
import type { SeenPod } from '../../../src/contracts/chaos/pod-faults.ts';
import { judgeHitPod } from '../../../src/policies/chaos/judge-hit-pod.ts';
import {
  candidatesOf,
  judgePods,
  rightsFor,
  rightsToFind,
} from '../../../src/policies/chaos/judge-pods.ts';
import { scriptedPod } from '../../fixtures/scripted-pods.ts';

const selection = { namespace: 'shop', labels: { app: 'web' } };

test.each<[string, Partial<SeenPod>, string]>([
  ['whose author does not allow it', { labels: {} }, 'its label belay.dev/chaos is not allowed'],
  ['on the network of its node', { hasHostNetwork: true }, 'it is in the network of its node'],
  ['that its node runs from a file', { isStatic: true }, 'it is a static pod'],
  [
    'that keeps the cluster going',
    { priorityClass: 'system-node-critical' },
    'its priority class is system-node-critical',
  ],
  ['that is not ready', { isReady: false }, 'it is not ready'],
  ['that ends', { isEnding: true, isReady: false }, 'it is ending already'],
  [
    'of a Job',
    { owner: { kind: 'Job', name: 'once', uid: '1' } },
    'it is of a Job, which does not say how many pods it wants',
  ],
])('a pod %s keeps every other pod from being hit', (_, more, why) => {
  const [refusal, ...others] = judgePods(selection, [scriptedPod('a'), scriptedPod('b', more)]);
  expect(refusal).toContain(`shop/b: ${why}`);
  expect(others).toEqual([]);
});

test('a pod that nothing would replace is refused', () => {
  const { owner: _, ...pod } = scriptedPod('a');
  expect(judgePods(selection, [pod])).toEqual([
    'shop/a: it has no controller, so nothing would replace it',
  ]);
});

test('no pod, and more than can be read at once, are refused', () => {
  expect(judgePods(selection, [])).toEqual(['no pod of namespace shop has app=web']);
  const many = Array.from({ length: 101 }, (__, index) => scriptedPod(`web-${index}`));
  expect(judgePods(selection, many)).toEqual([
    'more than 100 pods of namespace shop have app=web; write more labels',
  ]);
});

test('asks for the rights to read, end and spare pods, and to read and claim what replaces them', () => {
  const set = { kind: 'StatefulSet', name: 'db', uid: '2' };
  const rights = rightsFor([scriptedPod('a'), scriptedPod('db-0', { owner: set })]);
  expect(rights.map(({ verb, resource }) => `${verb} ${resource}`)).toEqual([
    ...['list pods', 'get pods', 'delete pods', 'patch pods'],
    ...['get replicasets', 'patch replicasets', 'get statefulsets', 'patch statefulsets'],
  ]);
});

test('a target knows how many pods of its controller were ready', () => {
  const other = { kind: 'ReplicaSet', name: 'other', uid: '3' };
  const pods = [scriptedPod('a'), scriptedPod('b'), scriptedPod('c', { owner: other })];
  expect(candidatesOf(selection, pods).map(({ what, pod }) => [what, pod.readyBefore])).toEqual([
    ['of ReplicaSet web-5d9c', 2],
    ['of ReplicaSet web-5d9c', 2],
    ['of ReplicaSet other', 1],
  ]);
});

const [{ pod: hit }] = candidatesOf(selection, [scriptedPod('a'), scriptedPod('b')]) as [
  ReturnType<typeof candidatesOf>[number],
];
const around = { found: undefined, pods: [scriptedPod('b'), scriptedPod('c')], wanted: 2 };

test.each([
  ['was asked to end, and runs', { isEnding: true, runningContainers: 1 }, false],
  ['was not asked to end', { isEnding: false, runningContainers: 1 }, false],
  ['is ending, and its containers have died', { isEnding: true, runningContainers: 0 }, true],
  ['is gone', undefined, true],
])('a pod that %s: whether it has crashed', (_, found, hasCrashed) => {
  expect(judgeHitPod(hit, { ...around, found }).isEffective).toBe(hasCrashed);
});

test('its workload runs once as many pods are ready as before, or as it wants by now', () => {
  const isRunning = (more: Partial<typeof around>) =>
    judgeHitPod(hit, { ...around, ...more }).isTargetRunning;
  expect(isRunning({})).toBe(true);
  expect(isRunning({ pods: [scriptedPod('b')] })).toBe(false);
  expect(isRunning({ pods: [scriptedPod('b'), scriptedPod('c', { isReady: false })] })).toBe(false);
  expect(isRunning({ pods: [scriptedPod('b')], wanted: 1 })).toBe(true);
});

test('a workload that is gone, or that wants no pods, has not recovered', () => {
  expect(judgeHitPod(hit, { ...around, pods: [], wanted: 0 })).toMatchObject({
    ...{ isEffective: true, isTargetRunning: false, isTargetGone: true },
    detail: 'the pod is gone; ReplicaSet web-5d9c is gone, or wants no pods any more',
  });
});

test('the pods of a canary are found by whoever may list ReplicaSets', () => {
  const verbs = (labels: Record<string, string>) =>
    rightsToFind({ labels }).map(({ verb, resource }) => `${verb} ${resource}`);
  expect(verbs({ app: 'web' })).toEqual(['list pods']);
  expect(verbs({ 'belay.dev/track': 'canary' })).toEqual(['list pods', 'list replicasets']);
});
