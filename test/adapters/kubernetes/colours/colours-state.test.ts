import type { V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { coloursRefusals } from '../../../../src/adapters/kubernetes/colours/colours-refusals.ts';
import { coloursState } from '../../../../src/adapters/kubernetes/colours/colours-state.ts';
import type { ColoursObjects } from '../../../../src/adapters/kubernetes/colours/colours-objects.ts';
import { shopService, workflowId } from '../state/shop-objects.ts';
import { colouredObjects, colourShop, heldObjects } from './coloured-objects.ts';

const prepared = { 'belay.dev/template': 'asked' };
const v3 = { version: 'v3', image: 'shop:v3' };

test('at rest the live colour is stable, and the idle one is what can be brought back', () => {
  const state = coloursState(colouredObjects(), v3);
  expect(state).toMatchObject({
    url: 'http://shop.demo.svc',
    stable: { release: { version: 'v2' }, wanted: 2, replicas: [{ serving: true }, {}] },
    canaryWeight: 0,
    isServing: false,
    routing: 'selector of Service shop',
  });
  expect(state.canary).toBeUndefined();
  const kept = state.kept.map(({ revision, release, wanted }) => [
    revision,
    release.version,
    wanted,
  ]);
  expect(kept).toEqual([
    [2, 'v1', 2],
    [1, 'v0', 2],
  ]);
});

test('an idle colour with the live release is nothing to go back to', () => {
  const canary = colourShop('green', ['v2', 'v0'], 0);
  const { kept } = coloursState(colouredObjects({ canary }));
  expect(kept.map(({ release }) => release.version)).toEqual(['v0']);
});

test('an idle colour with a release of the rollout is its canary, one at full size is none', () => {
  const warm = { canary: colourShop('green', ['v1'], 2) };
  expect(coloursState(heldObjects({}, warm)).canary).toBeUndefined();
  const canary = colourShop('green', ['v3', 'v1'], 2, prepared);
  const state = coloursState(heldObjects({}, { canary }));
  expect(state.canary).toMatchObject({ release: { version: 'v3' }, wanted: 2 });
  expect(state.kept.map(({ release }) => release.version)).toEqual(['v1']);
  expect(state.owner).toEqual({ rolloutId: 'r1', step: 5, workflowId });
});

test('a selector, a template and a size that others changed are drift', () => {
  const canary = colourShop('green', ['v3'], 1, prepared);
  const idle = { name: 'shop-green', selector: { app: 'shop', colour: 'green' } };
  const record = { weight: 100 as const, idle: { ...idle, template: 'other', replicas: 2 } };
  expect(coloursState(heldObjects(record, { canary })).drift).toEqual([
    'spec.selector: Service shop does not select shop-green',
    'spec.template: Deployment shop-green was edited while a rollout owns it',
    'spec.replicas: Deployment shop-green was scaled down to 1, of 2',
  ]);
});

const named = (name: string, selector: Record<string, string>) => shopService(selector, name);
const autoscaler = (name: string): V2HorizontalPodAutoscaler => ({
  metadata: { name },
  spec: { maxReplicas: 4, scaleTargetRef: { kind: 'Deployment', name } },
});

test('what rests and what no switch moves is remarked', () => {
  const { remarks } = coloursState(
    colouredObjects({
      autoscalers: [autoscaler('shop-blue'), autoscaler('shop-green')],
      otherServices: [
        named('blue', { colour: 'blue' }),
        named('green', { colour: 'green' }),
        named('other', { app: 'other' }),
      ],
    }),
  );
  expect(remarks).toEqual([
    'HorizontalPodAutoscaler shop-green is inactive: Kubernetes does not scale shop-green while it is scaled to 0',
    'Service blue selects only shop-blue: a switch does not move it',
    'Service green selects only shop-green: a switch does not move it',
  ]);
});

const headless = {
  ...named('pods', { app: 'shop' }),
  spec: { clusterIP: 'None', selector: { app: 'shop' } },
};
const changed = (which: 'stable' | 'canary', spec: object): Partial<ColoursObjects> => {
  const workload = colouredObjects()[which];
  const { deployment } = workload;
  return {
    [which]: { ...workload, deployment: { ...deployment, spec: { ...deployment.spec!, ...spec } } },
  };
};

test.each<[string, Partial<ColoursObjects>, string[]]>([
  ['nothing is wrong', {}, []],
  ['a headless Service finds the pods of both', { otherServices: [headless] }, []],
  [
    'each colour has a Service of its own',
    { otherServices: [named('blue', { colour: 'blue' }), named('green', { colour: 'green' })] },
    [],
  ],
  ['the live strategy is Recreate', changed('stable', { strategy: { type: 'Recreate' } }), []],
  [
    'another Service leads to both',
    { otherServices: [named('all', { app: 'shop' })] },
    ['Service all leads to both shop-blue and shop-green'],
  ],
  [
    'another Service leads only to the live colour',
    { otherServices: [named('old', { colour: 'blue' })] },
    ['Service old leads only to shop-blue'],
  ],
  ['the live colour is scaled to 0', changed('stable', { replicas: 0 }), ['is scaled to 0']],
  ['the idle colour is paused', changed('canary', { paused: true }), ['shop-green is paused']],
  [
    'the idle colour keeps no templates',
    changed('canary', { revisionHistoryLimit: 0 }),
    ['shop-green keeps no old ReplicaSets'],
  ],
  [
    'a colour is held alone',
    { canary: colourShop('green', ['v1'], 0, { 'belay.dev/rollout': '{}' }) },
    ['a rollout of Deployment shop-green alone owns it'],
  ],
])('where %s', (_where, over, reasons) => {
  const found = coloursRefusals(colouredObjects(over), { release: v3, way: 'beside' });
  expect(found).toEqual(reasons.map((reason) => expect.stringContaining(reason) as string));
});

test('a revision is looked for in the idle colour', () => {
  const revision = (number: number) =>
    coloursRefusals(colouredObjects(), {
      release: { version: 'v', revision: number },
      way: 'beside',
    });
  expect(revision(1)).toEqual([]);
  expect(revision(7)).toEqual([
    'revision 7 of Deployment shop-green, the idle colour, is not kept: kept are 2, 1',
  ]);
});
