import type { V1Deployment } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { FoundColours } from '../../../../src/adapters/kubernetes/colours/judge-colours.ts';
import { judgeColours } from '../../../../src/adapters/kubernetes/colours/judge-colours.ts';
import { shopService } from '../state/shop-objects.ts';

const names = { blue: 'shop-blue', green: 'shop-green', service: 'shop' };

function deployment(name: string, labels: Record<string, string>): V1Deployment {
  const template = { metadata: { labels } };
  return { metadata: { name }, spec: { selector: { matchLabels: labels }, template } };
}

const blue = deployment('shop-blue', { app: 'shop', colour: 'blue' });
const green = deployment('shop-green', { app: 'shop', colour: 'green' });
const found = (over: Partial<FoundColours> = {}): FoundColours => ({
  ...{ namespace: 'demo', names, blue, green },
  service: shopService({ app: 'shop', colour: 'green' }),
  ...over,
});
const reasons = (over: Partial<FoundColours>) => {
  const verdict = judgeColours(found(over));
  return verdict.kind === 'refused' ? verdict.reasons : [];
};

test('the colour that the Service selects is live, the other is selected by its own labels', () => {
  expect(judgeColours(found())).toEqual({
    kind: 'told-apart',
    live: { deployment: green, selector: { app: 'shop', colour: 'green' } },
    idle: { deployment: blue, selector: { app: 'shop', colour: 'blue' } },
  });
});

test('all that is missing is named at once', () => {
  expect(reasons({ blue: undefined, green: undefined, service: undefined })).toEqual([
    expect.stringMatching(/^there is no Deployment shop-blue in namespace demo; apply it first/),
    expect.stringMatching(/^there is no Deployment shop-green in namespace demo; apply it first/),
    expect.stringMatching(/^there is no Service shop in namespace demo; create it/),
  ]);
});

test.each<[string, Partial<FoundColours>, RegExp]>([
  [
    'both are live',
    { service: shopService({ app: 'shop' }) },
    /selects the pods of both shop-blue and shop-green \(app=shop\); add a label/,
  ],
  [
    'neither is live',
    { service: shopService({ app: 'shop', colour: 'red' }) },
    /selects neither the pods of shop-blue nor those of shop-green \(app=shop, colour=red\)/,
  ],
  ['the Service selects nothing', { service: shopService({}) }, /has no selector/],
  [
    'the idle colour lacks a label of the selector',
    { blue: deployment('shop-blue', { app: 'shop' }) },
    /the pod template of Deployment shop-blue has no label colour, by which Service shop selects/,
  ],
])('is refused where %s', (_where, over, reason) => {
  expect(reasons(over)).toEqual([expect.stringMatching(reason)]);
});
