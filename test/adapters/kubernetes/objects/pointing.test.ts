import type { V1Service } from '@kubernetes/client-node';
import { applyPatch } from 'rfc6902';
import { expect, test } from 'vitest';
import {
  pointingOf,
  pointSteps,
  releaseSteps,
} from '../../../../src/adapters/kubernetes/objects/pointing.ts';

const tracks = { stableHash: 'abc', workflowId: 'rollout/demo/shop' };

function service(selector: Record<string, string> = { app: 'shop' }): V1Service {
  return { metadata: { name: 'shop', annotations: {} }, spec: { selector } };
}

/** As the API server would, the tests of a patch included. */
function patched(before: V1Service, steps: ReturnType<typeof pointSteps>): V1Service {
  const after = structuredClone(before);
  const failures = applyPatch(after, steps);
  expect(failures.filter((failure) => failure !== null)).toEqual([]);
  return after;
}

test.each([
  ['stable', tracks],
  ['both', tracks],
  ['canary', tracks],
  ['canary', { ...tracks, canaryHash: 'def' }],
] as const)(
  'a Service that points at %s is known to, needs no second write, and is given back as it was',
  (pointing, tracks) => {
    const pointed = patched(service(), pointSteps(service(), pointing, tracks));
    expect(pointingOf(pointed, tracks)).toBe(pointing);
    expect(pointSteps(pointed, pointing, tracks)).toEqual([]);
    expect(patched(pointed, releaseSteps(pointed))).toEqual(service());
  },
);

test('a selector that someone else wrote is nobody of ours, and stays theirs at the end', () => {
  const pinned = patched(service(), pointSteps(service(), 'stable', tracks));
  const theirs = { ...pinned, spec: { selector: { app: 'other' } } };
  expect(pointingOf(theirs, tracks)).toBeUndefined();
  expect(patched(theirs, releaseSteps(theirs)).spec?.selector).toEqual({ app: 'other' });
});

test('a pin that lost its memory is not taken for what the owner wrote', () => {
  const pinned = service({ app: 'shop', 'pod-template-hash': 'abc' });
  const pointed = patched(pinned, pointSteps(pinned, 'both', tracks));
  expect(pointed.spec?.selector).toEqual({ app: 'shop' });
  expect(patched(pointed, releaseSteps(pointed))).toEqual(service());
});

test('a Service that no rollout has touched is left alone', () => {
  expect(releaseSteps(service())).toEqual([]);
});

test('a Service can be given back by who does not know whom it pointed at', () => {
  const ofAnother = { stableHash: 'gone', workflowId: 'rollout/demo/other' };
  for (const pointing of ['stable', 'canary'] as const) {
    const pointed = patched(service(), pointSteps(service(), pointing, ofAnother));
    expect(patched(pointed, releaseSteps(pointed))).toEqual(service());
  }
});
