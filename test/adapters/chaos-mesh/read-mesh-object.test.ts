import { expect, it } from 'vitest';
import {
  readMeshObject,
  readMeshPod,
  readOutage,
} from '../../../src/adapters/chaos-mesh/read-mesh-object.ts';

const object = (kind: string, spec: object, records?: object[]) => ({
  ...{ apiVersion: 'chaos-mesh.org/v1alpha1', kind, metadata: { namespace: 'ops', name: 'it' } },
  spec,
  status: { experiment: { desiredPhase: 'Run', containerRecords: records ?? null } },
});

it.each<[string, object, object[] | undefined, string[]]>([
  ['NetworkChaos', { selector: { labelSelectors: { app: 'web' } } }, undefined, ['ops']],
  ['NetworkChaos', { selector: { namespaces: ['shop'] } }, undefined, ['shop']],
  [
    'NetworkChaos',
    { selector: { namespaces: ['a'] }, target: { selector: { pods: { b: ['web-1'] } } } },
    undefined,
    ['a', 'b'],
  ],
  ['PodChaos', { selector: { namespaces: ['a'] } }, [{ id: 'b/web-1/shop' }], ['a', 'b']],
  ['Schedule', { podChaos: { selector: { namespaces: ['shop'] } } }, undefined, ['shop']],
  [
    'Workflow',
    { templates: [{ podChaos: { selector: { namespaces: ['shop'] } } }] },
    undefined,
    ['shop'],
  ],
  ['PodNetworkChaos', { tcs: [{}] }, undefined, ['ops']],
])('%s %j with records %j works in %j', (kind, spec, records, namespaces) => {
  expect(readMeshObject(kind, object(kind, spec, records))).toMatchObject({ namespaces });
});

it('an object in which orders for one pod are kept says whether there are any', () => {
  const read = (spec: object) => readMeshObject('PodIOChaos', object('PodIOChaos', spec)).hasOrders;
  expect([read({}), read({ actions: [] }), read({ actions: [{}] })]).toEqual([false, false, true]);
});

it.each<[string, object[] | undefined, boolean]>([
  ['Workflow', undefined, false],
  ['Workflow', [{ type: 'Accomplished', status: 'False' }], false],
  ['Workflow', [{ type: 'Accomplished', status: 'True' }], true],
  ['WorkflowNode', [{ type: 'DeadlineExceed', status: 'False' }], false],
  ['WorkflowNode', [{ type: 'Aborted', status: 'True' }], true],
])('a %s with the conditions %j begins nothing any more: %s', (kind, conditions, isFinished) => {
  const read = readMeshObject(kind, { ...object(kind, {}), status: { conditions } });
  expect(read).toMatchObject({ isFinished });
});

it('an outage says which run has made it', () => {
  const annotations = { 'belay.dev/chaos-act': 'chaos/demo/web@01/5' };
  const made = object('PodChaos', {});
  const metadata = { ...made.metadata, annotations };
  expect(readMeshObject('PodChaos', { ...made, metadata }).runRef).toBe('chaos/demo/web@01');
});

it('an outage says of the pod what was done last, and what failed where it is not settled', () => {
  const events = [
    { type: 'Failed', message: 'no such pod' },
    { type: 'Succeeded', message: '' },
  ];
  const read = (phase: string) =>
    readOutage(object('PodChaos', {}, [{ id: 'shop/web-1', phase, events }]), 'shop/web-1');
  expect(read('Injected')).toEqual({
    title: 'PodChaos ops/it',
    isDeleting: false,
    phase: 'Injected',
  });
  expect(read('Injected/Wait')).toMatchObject({ problem: 'no such pod' });
  expect(readOutage(object('PodChaos', {}), 'shop/web-1').phase).toBeUndefined();
});

it('a pod says what its containers run, and whether Chaos Mesh has replaced an image of them', () => {
  const pod = (annotations: Record<string, string>) => ({
    ...{
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'shop', name: 'web-1', annotations },
    },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
    status: { containerStatuses: [{ name: 'web', imageID: 'sha256:1', state: { running: {} } }] },
  });
  expect(readMeshPod(pod({})).containers).toEqual([
    { name: 'web', image: 'web:1', imageId: 'sha256:1', isRunning: true },
  ]);
  const replaced = (key: string) => readMeshPod(pod({ [key]: 'web:1' })).replaced;
  expect(replaced('chaos-mesh-slow-pod-failure-web-normal-image')).toHaveLength(1);
  // Where the name would be too long.
  expect(replaced('web-normal')).toHaveLength(1);
  expect(replaced('belay.dev/chaos-spared')).toEqual([]);
});
