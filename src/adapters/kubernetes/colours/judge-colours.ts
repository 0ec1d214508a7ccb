/** Which of two Deployments is live, by the Service that selects one of them. */
import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import type { ColoursSpec } from '../../../specs/rollouts/kubernetes-target.ts';
import { selects } from '../../kubernetes-api/objects/selectors.ts';

type Labels = Record<string, string>;

/** The objects that were found. */
export interface FoundColours {
  namespace: string;
  names: ColoursSpec;
  service: V1Service | undefined;
  blue: V1Deployment | undefined;
  green: V1Deployment | undefined;
}

/** A Deployment, and the Service's selector while it is live. */
export interface Colour {
  deployment: V1Deployment;
  selector: Labels;
}

/** `refused` with every reason if a switch of the selector would not have the intended effect. */
export type ColoursVerdict =
  { kind: 'told-apart'; live: Colour; idle: Colour } | { kind: 'refused'; reasons: string[] };

export function judgeColours(found: FoundColours): ColoursVerdict {
  const { service, blue, green } = found;
  const reasons = missing(found);
  if (service !== undefined && hasNoSelector(service)) reasons.push(unselective(found.names));
  if (!service || !blue || !green || reasons.length > 0) return { kind: 'refused', reasons };
  const selector = service.spec?.selector ?? {};
  const isBlue = selects(selector, labelsOf(blue));
  if (isBlue === selects(selector, labelsOf(green))) {
    return { kind: 'refused', reasons: [isBlue ? selectsBoth(found) : selectsNone(found)] };
  }
  const [live, idle] = isBlue ? [blue, green] : [green, blue];
  return switchable(found.names.service, { deployment: live, selector }, idle);
}

/** The idle colour is selected by the same labels, each with its own value. */
function switchable(service: string, live: Colour, idle: V1Deployment): ColoursVerdict {
  const labels = labelsOf(idle);
  const keys = Object.keys(live.selector);
  const absent = keys.filter((key) => labels[key] === undefined);
  if (absent.length > 0) {
    const reason =
      `the pod template of Deployment ${nameOf(idle)} has no label ${absent.join(', ')}, ` +
      `by which Service ${service} selects; add it with a different value`;
    return { kind: 'refused', reasons: [reason] };
  }
  const selector = Object.fromEntries(keys.map((key) => [key, labels[key] ?? '']));
  return { kind: 'told-apart', live, idle: { deployment: idle, selector } };
}

function missing({ namespace, names, service, blue, green }: FoundColours): string[] {
  const deployments = [...(blue ? [] : [names.blue]), ...(green ? [] : [names.green])].map(
    (name) =>
      `there is no Deployment ${name} in namespace ${namespace}; apply it first: ` +
      'the colour that is not live may be scaled to 0',
  );
  if (service) return deployments;
  return [
    ...deployments,
    `there is no Service ${names.service} in namespace ${namespace}; create it: its selector says which colour is live`,
  ];
}

export function hasNoSelector({ spec }: V1Service): boolean {
  return spec?.type === 'ExternalName' || Object.keys(spec?.selector ?? {}).length === 0;
}

function unselective({ service }: ColoursSpec): string {
  return `Service ${service} has no selector, so none of the colours is live; give it one that selects a single colour`;
}

function selectsBoth({ names, service }: FoundColours): string {
  return (
    `Service ${names.service} selects the pods of both ${names.blue} and ${names.green} ` +
    `(${describe(service)}); add a label to its selector that distinguishes them`
  );
}

function selectsNone({ names, service }: FoundColours): string {
  return (
    `Service ${names.service} selects neither the pods of ${names.blue} nor those of ${names.green} ` +
    `(${describe(service)}); point it at the colour that is live`
  );
}

function describe(service: V1Service | undefined): string {
  const pairs = Object.entries(service?.spec?.selector ?? {});
  return pairs.map((pair) => pair.join('=')).join(', ');
}

function labelsOf({ spec }: V1Deployment): Labels {
  return spec?.template.metadata?.labels ?? {};
}

function nameOf({ metadata }: V1Deployment): string {
  return metadata?.name ?? '';
}
