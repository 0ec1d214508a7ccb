import type { ServiceCall } from '../../../contracts/recovery/service-routes.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { at } from '../../playbooks/kubernetes/workload.ts';
import {
  addressOf,
  belay,
  listAt,
  managedBy,
  managerOf,
  portsOf,
  type ShownService,
} from './endpoint-slice.ts';
import { findWriters } from './find-writers.ts';

/** What keeps a Service from being led by its EndpointSlice, each with what to do. */
export function findProblems(shown: ShownService, call: ServiceCall): string[] {
  const own = shown.slices.filter((slice) => managerOf(slice) === belay);
  return [
    ...judgeService(shown.service, call),
    ...judgeCount(own, call),
    ...(own.length === 1 ? own.flatMap((slice) => judgeSlice(slice, shown.service, call)) : []),
    ...shown.slices.filter((slice) => !own.includes(slice)).flatMap(judgeOther),
  ];
}

function judgeService(service: KubernetesObject, { namespace, service: name }: ServiceCall) {
  const about = `Service ${namespace}/${name}`;
  const selector = at(service, 'spec', 'selector');
  const labels = Object.entries(selector ?? {}).map(([key, value]) => `${key}=${String(value)}`);
  const type = at(service, 'spec', 'type');
  return [
    ...(labels.length > 0
      ? [
          `${about} has a selector (${labels.join(',')}), so Kubernetes leads its clients: remove the selector, and create an EndpointSlice that Belay leads`,
        ]
      : []),
    ...(type === 'ExternalName'
      ? [`${about} is an ExternalName: give it the type ClusterIP, without a selector`]
      : []),
    ...(at(service, 'spec', 'clusterIP') === 'None'
      ? [`${about} is headless, so clients keep what they have resolved: give it a cluster IP`]
      : []),
  ];
}

function judgeCount(own: readonly KubernetesObject[], { namespace, service }: ServiceCall) {
  if (own.length === 1) return [];
  const about = `Service ${namespace}/${service}`;
  if (own.length === 0) {
    return [
      `${about} has no EndpointSlice with the label ${managedBy}: ${belay}: create one, with the address of the primary`,
    ];
  }
  const names = own.map(({ metadata: { name } }) => name).join(', ');
  return [`${about} has several EndpointSlices that Belay would lead (${names}): keep one of them`];
}

function judgeSlice(
  slice: KubernetesObject,
  service: KubernetesObject,
  { namespace }: ServiceCall,
): string[] {
  const { name } = slice.metadata;
  const about = `EndpointSlice ${namespace}/${name}`;
  const [port] = portsOf(slice);
  const isReady = at(listAt(slice, 'endpoints')[0], 'conditions', 'ready') !== false;
  const isKnown = portsOf(service, 'spec').some(
    (each) => each.name === port?.name && each.protocol === port.protocol,
  );
  return [
    ...(addressOf(slice) === undefined
      ? [`${about} does not have one endpoint with one address, and one port: write it so`]
      : []),
    ...(isReady ? [] : [`the endpoint of ${about} is not ready, so nobody is led there`]),
    ...(port === undefined || isKnown
      ? []
      : [
          `the port of ${about} is named "${port.name}" (${port.protocol}), and no port of the Service is: give both the same name`,
        ]),
    ...findWriters(slice).map(
      (writer) =>
        `${writer} writes the endpoints of ${about}, too, and would lead clients back: let it leave them alone, then clear its record: kubectl -n ${namespace} patch endpointslices ${name} --type=merge -p '{"metadata":{"managedFields":[{}]}}'`,
    ),
  ];
}

/** One without endpoints leads nobody. */
function judgeOther(slice: KubernetesObject): string[] {
  const hosts = listAt(slice, 'endpoints').flatMap((endpoint) => listAt(endpoint, 'addresses'));
  if (hosts.length === 0) return [];
  const { name } = slice.metadata;
  return [
    `EndpointSlice ${name}, which ${managerOf(slice)} manages, leads clients to ${hosts.map(String).join(', ')}, too: delete it, or the Endpoints that it mirrors`,
  ];
}
