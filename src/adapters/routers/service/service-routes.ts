import { isIPv4, isIPv6 } from 'node:net';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import { PartError } from '../../../contracts/kernel/part-error.ts';
import type { RouteFacts, RouteTarget } from '../../../contracts/recovery/routes.ts';
import type {
  ServiceCall,
  ServiceRouteActivities,
} from '../../../contracts/recovery/service-routes.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster, PlaybookClusters } from '../../playbooks/kubernetes/cluster.ts';
import { at } from '../../playbooks/kubernetes/workload.ts';
import { isSame, judgeSwitch } from '../refuse-switch.ts';
import {
  addressOf,
  nameSlice,
  ownSlice,
  portsOf,
  readService,
  type ShownService,
} from './endpoint-slice.ts';
import { findProblems } from './find-problems.ts';
import { markAnnotation, readMark, writeMark } from './route-mark.ts';

const mostTries = 8;

/** Leads Services of Kubernetes. Throws PartError. */
export function createServiceRoutes(clusters: PlaybookClusters): ServiceRouteActivities {
  return {
    examineService: async (call) => {
      const cluster = await clusters.of(call.context, call.namespace);
      const shown = await readService(cluster, call);
      const obstacles = await findObstacles(cluster, call, { shown, servers: call.servers ?? [] });
      const facts = factsOf(shown, call);
      return { ...facts, problems: [...facts.problems, ...obstacles] };
    },
    switchService: async (call) => {
      const cluster = await clusters.of(call.context, call.namespace);
      await write(cluster, call, call);
      const shown = await readService(cluster, call);
      const facts = factsOf(shown, call);
      if (facts.problems.length === 0 && isSame(facts.to, call.to.address)) return facts;
      const said = [facts.detail, ...facts.problems].join('; ');
      throw new PartError('unavailable', `it was led elsewhere at once: ${said}`);
    },
  };
}

/** Of two who write it at once, one reads it again. */
async function write(
  cluster: PlaybookCluster,
  call: ServiceCall,
  { from, to }: { from: NodeAddress; to: RouteTarget },
): Promise<void> {
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const shown = await readService(cluster, call);
    const slice = ownSlice(shown);
    const reasons = findProblems(shown, call);
    if (slice === undefined || reasons.length > 0) throw refused(reasons);
    const entry = { name: nameOf(call), ...leadsTo(slice) };
    const against = judgeSwitch({ entries: [entry], generation: readMark(slice) }, from, to);
    if (against.length > 0) throw refused(against);
    if (isLed(slice, to)) return;
    const object = nameSlice(call, slice);
    const written = await cluster.merge(object, patchFor(slice, to), false);
    if (written !== 'conflict') return;
  }
  throw new PartError(
    'unavailable',
    `others write the EndpointSlice of ${nameOf(call)} all the time`,
  );
}

function isLed(slice: KubernetesObject, to: RouteTarget): boolean {
  const mark = readMark(slice);
  return (
    isSame(addressOf(slice), to.address) &&
    mark?.timeline === to.timeline &&
    mark.systemIdentifier === to.systemIdentifier
  );
}

/** As it was read: the write fails where the slice was written since. */
function patchFor(slice: KubernetesObject, to: RouteTarget): object {
  const { resourceVersion } = slice.metadata;
  const annotations = { [markAnnotation]: writeMark(to) };
  return { metadata: { resourceVersion, annotations }, ...endpointsFor(slice, to.address) };
}

function endpointsFor(slice: KubernetesObject, { host, port }: NodeAddress): object {
  const [{ name, protocol } = { name: '', protocol: 'TCP' }] = portsOf(slice);
  return {
    endpoints: [{ addresses: [host], conditions: { ready: true } }],
    ports: [{ name, protocol, port }],
  };
}

/** Tries each write without an effect: what the API server would refuse later it refuses now. */
async function findObstacles(
  cluster: PlaybookCluster,
  call: ServiceCall,
  { shown, servers }: { shown: ShownService; servers: readonly NodeAddress[] },
): Promise<string[]> {
  const slice = ownSlice(shown);
  if (slice === undefined) return [];
  const { resourceVersion } = slice.metadata;
  const type = at(slice, 'addressType');
  const isOfType = ({ host }: NodeAddress) => (type === 'IPv6' ? isIPv6(host) : isIPv4(host));
  const strangers = servers.filter((server) => !isOfType(server));
  const tried = servers.filter(isOfType).map((server) => endpointsFor(slice, server));
  const refusals = await Promise.all(
    [{}, ...tried].map((endpoints) =>
      findRefusal(cluster, nameSlice(call, slice), { metadata: { resourceVersion }, ...endpoints }),
    ),
  );
  return [
    ...strangers.map(
      ({ host }) =>
        `EndpointSlice ${slice.metadata.name} has addresses of ${String(type)}, and ${host} is none: write that of the node in the plan`,
    ),
    ...new Set(refusals.filter((refusal) => refusal !== undefined)),
  ];
}

async function findRefusal(
  cluster: PlaybookCluster,
  object: ReturnType<typeof nameSlice>,
  patch: object,
): Promise<string | undefined> {
  try {
    await cluster.merge(object, patch, true);
    return undefined;
  } catch (error) {
    if (error instanceof PartError && error.code === 'refused') return error.message;
    throw error;
  }
}

function factsOf(shown: ShownService, call: ServiceCall): RouteFacts {
  const slice = ownSlice(shown);
  const generation = slice && readMark(slice);
  const led = slice === undefined ? undefined : addressOf(slice);
  const problems = findProblems(shown, call);
  return {
    ...(led && { to: led }),
    detail:
      slice === undefined ? 'no EndpointSlice of Belay' : `by EndpointSlice ${slice.metadata.name}`,
    ...{ atMs: Date.now(), isPaused: false, problems },
    cannotPause: 'a Service of Kubernetes does not hold clients',
    ...(generation && { generation }),
  };
}

function leadsTo(slice: KubernetesObject): { address?: NodeAddress } {
  const address = addressOf(slice);
  return address === undefined ? {} : { address };
}

function nameOf({ namespace, service }: ServiceCall): string {
  return `Service ${namespace}/${service}`;
}

function refused(reasons: readonly string[]): PartError {
  return new PartError('refused', reasons.join('; '));
}
