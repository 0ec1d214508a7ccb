import { describe, expect, it } from 'vitest';
import type { MeshTarget, OutageObject } from '../../../../src/contracts/chaos/mesh-faults.ts';
import {
  judgeOutage,
  type AroundOutage,
} from '../../../../src/policies/chaos/mesh/judge-outage.ts';
import { meshPod, pausedPod } from '../../../fixtures/scripted-mesh.ts';

const owner = { kind: 'ReplicaSet', name: 'web-5d9c', uid: 'uid-of-web' };
const target: MeshTarget = {
  what: 'of ReplicaSet web-5d9c',
  pod: {
    ...{ namespace: 'shop', labels: { app: 'web' }, means: 'chaosMesh' },
    ...{ name: 'a', uid: 'uid-of-a', owner, readyBefore: 2 },
  },
  containers: [{ name: 'web', image: 'web:1', imageId: 'sha256:web' }],
};
const outage: OutageObject = { title: 'PodChaos shop/belay-1', isDeleting: false };
const injected: OutageObject = { ...outage, phase: 'Injected' };

const judge = (more: Partial<AroundOutage>) =>
  judgeOutage(target, {
    ...{ outage: injected, found: pausedPod('a'), pods: [pausedPod('a'), meshPod('b')], wanted: 2 },
    ...more,
  });

describe('an outage', () => {
  it('does something where no container runs its own image, and Chaos Mesh says so too', () => {
    expect(judge({})).toMatchObject({ isEffective: true, isThere: true, isTargetRunning: false });
  });

  it('does something where the replacement cannot be started, too', () => {
    const [container] = pausedPod('a').containers;
    const found = pausedPod('a', {
      containers: [{ name: 'web', image: container!.image, isRunning: false }],
    });
    expect(judge({ found })).toMatchObject({ isEffective: true });
  });

  it.each([
    ['the kubelet has not replaced it yet', { found: meshPod('a') }],
    ['Chaos Mesh has not finished', { outage: { ...outage, phase: 'Not Injected/Wait' } }],
    ['the pod is ending', { found: pausedPod('a', { isEnding: true }) }],
    ['the pod is gone', { found: undefined }],
  ])('is not taken for effective, and is there, where %s', (_, more) => {
    expect(judge(more)).toMatchObject({ isEffective: false, isThere: true });
  });

  it('does nothing where a container only crashes: that is no outage of ours', () => {
    const found = meshPod('a', {
      containers: [{ name: 'web', image: 'web:1', imageId: 'sha256:web', isRunning: false }],
    });
    expect(judge({ found })).toMatchObject({ isEffective: false });
  });

  it('is there as long as its object is, although its pod runs its own image', () => {
    const left = { ...injected, isDeleting: true };
    const seen = judge({ outage: left, found: meshPod('a'), pods: [meshPod('a'), meshPod('b')] });
    expect(seen).toMatchObject({ isThere: true, isTargetRunning: false });
    expect(seen.detail).toContain('see that chaos-controller-manager runs');
  });

  it('is there where its object is gone, and has not put the image back', () => {
    const seen = judge({ outage: undefined });
    expect(seen).toMatchObject({ isThere: true, isTargetRunning: false });
    expect(seen.detail).toContain('has not put the images back: delete the pod');
  });

  it('is gone where neither is left, and the target runs with as many ready pods as before', () => {
    const pods = [meshPod('a'), meshPod('b')];
    const gone = judge({ outage: undefined, found: meshPod('a'), pods });
    expect(gone).toMatchObject({ isThere: false, isEffective: false, isTargetRunning: true });
    const replaced = judge({ outage: undefined, found: undefined, pods });
    expect(replaced).toMatchObject({ isThere: false, isTargetRunning: true });
  });

  it('has no target any more where its controller wants no pods', () => {
    expect(judge({ wanted: 0 })).toMatchObject({ isTargetGone: true });
  });

  it('says what failed last', () => {
    const failing = { ...outage, phase: 'Injected/Wait', problem: 'the API server is away' };
    expect(judge({ outage: failing }).detail).toContain('Injected/Wait (the API server is away)');
  });
});
