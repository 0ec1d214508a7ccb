import type { V1Deployment, V1PodTemplateSpec } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { inColour } from '../../../../src/adapters/kubernetes/colours/colour-template.ts';
import { template } from '../state/shop-objects.ts';

const deployment = (labels: Record<string, string>, others = {}): V1Deployment => ({
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels: { ...labels, ...others } } },
  },
});
const blue = deployment({ app: 'shop', colour: 'blue', onlyBlue: 'yes' }, { note: 'of blue' });
const green = deployment({ app: 'shop', colour: 'green' }, { note: 'of green' });
const toGreen = { from: blue, to: green, keys: ['app', 'colour'] };

test('a release keeps its own labels, but for those by which the colours are selected', () => {
  const labels = { app: 'shop', colour: 'blue', onlyBlue: 'yes', note: 'of blue', tier: 'web' };
  const release = template('v2', labels);
  const recoloured = inColour(release, toGreen);
  expect(recoloured.metadata?.labels).toEqual({
    app: 'shop',
    colour: 'green',
    note: 'of blue',
    tier: 'web',
  });
  expect(recoloured.spec).toEqual(release.spec);
  expect(release.metadata?.labels).toEqual(labels);
});

test('rules that spread pods by their colour spread those of the other colour', () => {
  const release: V1PodTemplateSpec = template('v2', { colour: 'blue' });
  const rule = (colour: string) => ({
    labelSelector: { matchLabels: { app: 'shop', colour } },
    topologyKey: 'zone',
  });
  const rules = (colour: string) => ({
    affinity: {
      podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [rule(colour)] },
    },
    topologySpreadConstraints: [
      { ...rule(colour), maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' },
    ],
  });
  release.spec = { ...release.spec!, ...rules('blue') };
  expect(inColour(release, toGreen).spec).toMatchObject(rules('green'));
});
