/** Which pods a user's Service selects during a rollout. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Service } from '@kubernetes/client-node';
import type { PatchStep } from '../../kubernetes-api/cluster-api.ts';
import { annotations, labels, metadataPath, servingCanary } from './names.ts';
import type { RolloutRecord } from './record.ts';

/** `both`: the Service's own selector, which the canary's labels match too. */
export type Pointing = 'stable' | 'both' | 'canary';

type Labels = Record<string, string>;
type Tracks = Pick<RolloutRecord, 'stableHash' | 'workflowId' | 'canaryHash'>;

/** The selector that the Service's owner wrote, even if a rollout has narrowed it. */
export function ownSelector({ metadata, spec }: V1Service): Labels {
  const before = metadata?.annotations?.[annotations.before];
  return before === undefined ? withoutOurs(spec?.selector ?? {}) : (JSON.parse(before) as Labels);
}

/** Undefined: someone gave the Service a selector that Belay does not write. */
export function pointingOf(service: V1Service, tracks: Tracks): Pointing | undefined {
  const own = ownSelector(service);
  return pointings.find((pointing) =>
    isDeepStrictEqual({ ...service.spec?.selector }, selectorFor(pointing, own, tracks)),
  );
}

/** Whether the selector is its owner's, or that selector narrowed to pods of a rollout. */
function isOurs(service: V1Service): boolean {
  const own = withoutOurs(ownSelector(service));
  return isDeepStrictEqual(withoutOurs(service.spec?.selector ?? {}), own);
}

/** The steps that point the Service there; none if it does already. The owner's selector is recorded on it. */
export function pointSteps(service: V1Service, pointing: Pointing, tracks: Tracks): PatchStep[] {
  const own = ownSelector(service);
  const { metadata, spec } = service;
  const remembered = metadata?.annotations?.[annotations.before] !== undefined;
  if (remembered && pointingOf(service, tracks) === pointing) return [];
  return [
    { op: 'test', path: '/spec/selector', value: spec?.selector },
    { op: 'add', path: beforePath, value: JSON.stringify(own) },
    { op: 'replace', path: '/spec/selector', value: selectorFor(pointing, own, tracks) },
  ];
}

/** Restores the Service's own selector, or keeps one that someone else has written in the meantime. */
export function releaseSteps(service: V1Service): PatchStep[] {
  if (service.metadata?.annotations?.[annotations.before] === undefined) return [];
  const forget: PatchStep = { op: 'remove', path: beforePath };
  if (!isOurs(service)) return [forget];
  return [
    { op: 'test', path: '/spec/selector', value: service.spec?.selector },
    forget,
    { op: 'replace', path: '/spec/selector', value: ownSelector(service) },
  ];
}

const pointings = ['stable', 'both', 'canary'] as const;
const beforePath = metadataPath('annotations', annotations.before);

export function selectorFor(pointing: Pointing, own: Labels, tracks: Tracks): Labels {
  switch (pointing) {
    case 'stable':
      return { ...own, [labels.templateHash]: tracks.stableHash };
    case 'both':
      return own;
    case 'canary':
      return { ...own, ...servingCanary(tracks) };
  }
}

/** A narrowed selector without its record must not be taken for its owner's. */
function withoutOurs(selector: Labels): Labels {
  const ours: readonly string[] = Object.values(labels);
  return Object.fromEntries(Object.entries(selector).filter(([key]) => !ours.includes(key)));
}
