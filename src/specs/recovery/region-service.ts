import { duration, mapping, text, wholeNumber } from '../kernel/written.ts';
import { inRegions, type InRegions } from './in-regions.ts';

/** A workload that serves in the region that leads. */
export interface RegionService {
  /** Such as deployment/web. */
  workload: string;
  namespace: string;
  /** The cluster of each region, as the workers name it. */
  contexts: InRegions<string>;
  /** While its region leads. */
  replicas: number;
  /** While the other region leads. Absent: they are left as they are. */
  standby?: number;
  readyWithinMs: number;
}

const hourMs = 3_600_000;
const mostReplicas = 10_000;
const workload = /^(?:deployment|statefulset)\/[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
const namespace = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

export const regionServiceSchema = mapping(
  {
    workload: text('write deployment/NAME or statefulset/NAME', workload).describe(
      'A Deployment or StatefulSet of that name in each region, such as deployment/web.',
    ),
    namespace: text(
      'write the name of a namespace: lowercase letters, digits and "-"',
      namespace,
    ).describe('Its namespace, the same in each region.'),
    contexts: inRegions(
      text('write the name of a context of the kubeconfig'),
      'contexts of the kubeconfig',
    ).describe('The cluster of each region: a context of BELAY_KUBERNETES_CONTEXTS.'),
    replicas: wholeNumber(1, mostReplicas).describe(
      'Replicas in the region that leads. Where more are running they are left as they are.',
    ),
    standby: wholeNumber(0, mostReplicas)
      .exactOptional()
      .describe(
        'Replicas that are kept in the region that does not lead. Default: they are left as they are.',
      ),
    readyWithin: duration(1_000, hourMs)
      .prefault('10m')
      .describe('For how long names wait until all replicas are ready. Default: 10m.'),
  },
  {
    context: 'write contexts: one for each region',
    minReplicas: 'write replicas',
    within: 'write readyWithin',
    deployment: 'write workload: deployment/NAME',
  },
).transform(({ readyWithin, ...service }): RegionService => ({
  ...service,
  readyWithinMs: readyWithin,
}));
