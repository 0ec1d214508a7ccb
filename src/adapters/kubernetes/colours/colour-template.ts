/** A release's pod template in the colour of the Deployment that will run it. */
import type { V1Deployment, V1LabelSelector, V1PodTemplateSpec } from '@kubernetes/client-node';
import { withoutHash } from '../objects/template.ts';

type Labels = Record<string, string>;

export interface Recolouring {
  /** The Deployment that the template comes from. */
  from: V1Deployment;
  /** The Deployment that gets it. */
  to: V1Deployment;
  /** Labels that the Service selects by. */
  keys: string[];
}

/**
 * The template with the labels of the other colour: those by which either Deployment or the Service
 * selects. Rules that spread or attract pods by these labels follow; everything else is the release's.
 */
export function inColour(
  template: V1PodTemplateSpec,
  { from, to, keys }: Recolouring,
): V1PodTemplateSpec {
  const next = structuredClone(withoutHash(template));
  const gone = pick(labelsOf(from), [...keys, ...selectedKeys(from)]);
  const own = pick(labelsOf(to), [...keys, ...selectedKeys(to)]);
  const { spec } = next;
  next.metadata = {
    ...next.metadata,
    labels: { ...without(next.metadata?.labels ?? {}, Object.keys(gone)), ...own },
  };
  if (spec?.affinity) spec.affinity = recoloured(spec.affinity, gone, own);
  if (spec?.topologySpreadConstraints) {
    spec.topologySpreadConstraints = recoloured(spec.topologySpreadConstraints, gone, own);
  }
  return next;
}

/** Every label selector in the template that names one colour then names the other. */
function recoloured<T>(rules: T, gone: Labels, own: Labels): T {
  const text = JSON.stringify(rules, (key, value: unknown) => {
    if (key !== 'matchLabels') return value;
    const pairs = Object.entries(value as NonNullable<V1LabelSelector['matchLabels']>);
    return Object.fromEntries(
      pairs.map(([label, wanted]) => [
        label,
        gone[label] === wanted ? (own[label] ?? wanted) : wanted,
      ]),
    );
  });
  return JSON.parse(text) as T;
}

function selectedKeys({ spec }: V1Deployment): string[] {
  const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {};
  return [...Object.keys(matchLabels), ...matchExpressions.map(({ key }) => key)];
}

function labelsOf({ spec }: V1Deployment): Labels {
  return spec?.template.metadata?.labels ?? {};
}

function pick(labels: Labels, keys: string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => keys.includes(key)));
}

function without(labels: Labels, keys: string[]): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !keys.includes(key)));
}
