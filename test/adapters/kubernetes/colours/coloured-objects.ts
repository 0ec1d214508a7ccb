import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import type { ColoursObjects } from '../../../../src/adapters/kubernetes/colours/colours-objects.ts';
import type { ColoursRecord } from '../../../../src/adapters/kubernetes/colours/colours-record.ts';
import type {
  CanaryBeside,
  Workload,
} from '../../../../src/adapters/kubernetes/state/service-objects.ts';
import {
  podsOf,
  replicaSet,
  shopObjects,
  shopService,
  slice,
  target,
  template,
  workflowId,
} from '../state/shop-objects.ts';

export const colours = { blue: 'shop-blue', green: 'shop-green', service: 'shop' };

/** A complete Deployment of this colour, with the templates of older revisions. */
export function colourShop(
  colour: string,
  versions: string[],
  replicas: number,
  marks: Record<string, string> = {},
): Workload & CanaryBeside {
  const name = `shop-${colour}`;
  const of = (version: string) => template(version, { colour });
  const replicaSets = versions.map((version, index) =>
    replicaSet(`${name}-${version}`, versions.length - index, of(version), index ? 0 : replicas),
  );
  const [current] = replicaSets;
  const deployment: V1Deployment = {
    metadata: {
      name,
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': String(versions.length), ...marks },
    },
    spec: { replicas, selector: { matchLabels: { colour } }, template: of(versions[0]!) },
    status: {
      observedGeneration: 1,
      ...{ replicas, updatedReplicas: replicas, availableReplicas: replicas },
    },
  };
  const pods = podsOf(current!, replicas);
  return { deployment, workload: deployment, replicaSets, pods };
}

/** Blue of v2 is live; green of v1, and of v0 before it, is scaled to 0. */
export function colouredObjects(over: Partial<ColoursObjects> = {}): ColoursObjects {
  const stable = over.stable ?? colourShop('blue', ['v2'], 2);
  const chooser = over.chooser ?? shopService({ app: 'shop', colour: 'blue' });
  return {
    ...shopObjects({ stable, target: { ...target, colours }, services: [chooser] }),
    canary: colourShop('green', ['v1', 'v0'], 0),
    chooser,
    selectors: {
      live: { app: 'shop', colour: 'blue' },
      idle: { app: 'shop', colour: 'green' },
    },
    otherServices: [],
    autoscalers: [],
    endpointSlices: [slice('shop', stable.pods)],
    ...over,
  };
}

export function heldObjects(
  change: Partial<ColoursRecord> = {},
  over: Partial<ColoursObjects> = {},
): ColoursObjects {
  const objects = colouredObjects(over);
  const record: ColoursRecord = {
    format: 'colours-1',
    ...{ installation: '', workflowId, environment: 'test', service: 'shop', weight: 0 },
    target: objects.target,
    live: { name: 'shop-blue', selector: objects.selectors.live },
    idle: { name: 'shop-green', selector: objects.selectors.idle },
    ...change,
  };
  const chooser: V1Service = {
    ...objects.chooser,
    metadata: {
      ...objects.chooser.metadata,
      annotations: {
        'belay.dev/rollout': JSON.stringify(record),
        'belay.dev/fence': 'r1 5',
      },
    },
  };
  return { ...objects, record, chooser, services: [chooser] };
}
