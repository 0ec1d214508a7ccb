import { expect, it } from 'vitest';
import type { MeshObject } from '../../../../src/contracts/chaos/mesh-faults.ts';
import { listOpenFaults } from '../../../../src/policies/chaos/mesh/list-open-faults.ts';

const object = (more: Partial<MeshObject>): MeshObject => ({
  ...{ kind: 'NetworkChaos', namespace: 'ops', name: 'slow', namespaces: ['shop'] },
  ...{ isDeleting: false, isPaused: false },
  ...more,
});

it.each<[string, Partial<MeshObject>, string | undefined]>([
  ['runs', { desired: 'Run', phases: ['Injected'] }, 'is not over (Injected)'],
  ['could not be applied', { desired: 'Stop', phases: ['Not Injected/Wait'] }, 'is not over'],
  ['could not be taken back', { desired: 'Stop', phases: ['Injected/Wait'] }, 'is not over'],
  ['is stuck', { isDeleting: true, desired: 'Stop', phases: ['Not Injected'] }, 'still there'],
  ['has chosen nothing', { desired: 'Run' }, 'has chosen nothing yet'],
  ['is over', { desired: 'Stop', phases: ['Not Injected', 'Not Injected'] }, undefined],
  ['hits elsewhere', { namespaces: ['ops'], phases: ['Injected'] }, undefined],
  ['has killed', { kind: 'PodChaos', action: 'pod-kill', phases: ['Injected'] }, undefined],
  ['is an outage', { kind: 'PodChaos', action: 'pod-failure', phases: ['Injected'] }, 'not over'],
  ['begins faults', { kind: 'Schedule' }, 'may begin a fault there at any time'],
  ['is a paused schedule', { kind: 'Schedule', isPaused: true }, undefined],
  ['is a workflow', { kind: 'Workflow', isFinished: false }, 'abort the Workflow'],
  ['is a workflow that is over', { kind: 'Workflow', isFinished: true }, undefined],
  [
    'another run is about to let go',
    { isPaused: true, runRef: 'run@2', desired: 'Stop', phases: ['Not Injected'] },
    'is about to be let go by run run@2',
  ],
  ['has orders', { kind: 'PodNetworkChaos', hasOrders: true }, 'still has orders for that pod'],
  ['has no orders', { kind: 'PodNetworkChaos', hasOrders: false }, undefined],
])('an object of Chaos Mesh that %s', (_, more, why) => {
  const found = listOpenFaults('shop', [object(more)]);
  expect(found).toEqual(why === undefined ? [] : [expect.stringContaining(why)]);
});
