import { expect, it } from 'vitest';
import type { MeshPod, MeshTarget } from '../../../../src/contracts/chaos/mesh-faults.ts';
import {
  meshTargetsOf,
  refuseChanged,
} from '../../../../src/policies/chaos/mesh/judge-mesh-pods.ts';
import { meshPod, pausedPod } from '../../../fixtures/scripted-mesh.ts';

const selection = { namespace: 'shop', labels: { app: 'web' } };
const before = meshPod('web-1');
const [target] = meshTargetsOf(selection, [before]) as [MeshTarget];
const restarted = { name: 'web', image: 'web:1', imageId: 'sha256:other', isRunning: true };
const starting = { name: 'web', image: 'web:1', isRunning: false };

it('a pod that is as it was when it was chosen may be hit', () => {
  expect(refuseChanged(target, before)).toEqual([]);
});

it.each<[string, MeshPod, string]>([
  ['another image in it', pausedPod('web-1'), 'web has another image than when it was chosen'],
  ['the same name of another image', meshPod('web-1', { containers: [restarted] }), 'web has anot'],
  ['fewer containers', meshPod('web-1', { containers: [] }), 'web has another image'],
  [
    'an image that Chaos Mesh keeps',
    meshPod('web-1', { replaced: ['web-normal'] }),
    'replaced its',
  ],
  [
    'no label any more',
    meshPod('web-1', { labels: {} }),
    'its label belay.dev/chaos is not allowed',
  ],
  ['a container that starts', meshPod('web-1', { containers: [starting] }), 'does not say which'],
])('a pod with %s is not hit any more', (_, found, why) => {
  expect(refuseChanged(target, found)).toEqual([expect.stringContaining(`shop/web-1: `)]);
  expect(refuseChanged(target, found).join()).toContain(why);
});
