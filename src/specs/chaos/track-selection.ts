import { judgedBy, isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { idPart, mapping, share, text, wholeNumber } from '../kernel/written.ts';
import { judgeNamespace, objectName } from './pod-selection.ts';

/** Two tracks of the stable release of a service: a control, and one that is hit. */
export interface TrackSelection {
  service: string;
  /** Absent: of the local platform. */
  kubernetes?: ServicePlace;
  /** Of the requests of the service, for each of both tracks. */
  share: number;
  /** The fault ends with this request of the experiment track. */
  mostRequests: number;
  /** Of each track. */
  replicas: number;
}

/** A Service of Kubernetes. */
export interface ServicePlace {
  /** As the workers name it; absent: their current one. */
  context?: string;
  namespace: string;
  service: string;
}

const placeSchema = mapping(
  {
    context: text('write a context of BELAY_KUBERNETES_CONTEXTS')
      .exactOptional()
      .describe('A context of BELAY_KUBERNETES_CONTEXTS. Default: the current one of the workers.'),
    namespace: text('write the name of a namespace', objectName).describe('Its namespace.'),
    service: text('write the name of a Service', objectName)
      .exactOptional()
      .describe('The Service. Default: the name of the service.'),
  },
  { name: 'write service', deployment: 'write service: the Service that leads to its pods' },
).check(judgedBy(judgeNamespace));

export const trackSelectionSchema = mapping(
  {
    service: idPart('service').describe(
      'A service of the local platform, in this environment; or whatever kubernetes names.',
    ),
    kubernetes: placeSchema
      .exactOptional()
      .describe('A Service of Kubernetes, whose requests are divided by a pod of Belay.'),
    share: share('0.1% to 50%', 0.001, 0.5).describe(
      'Of its requests, for each of both tracks: 0.1% to 50%.',
    ),
    mostRequests: wholeNumber(1, 10_000_000).describe(
      'How many requests the fault may disturb: it ends with the last of them. Must be written.',
    ),
    replicas: wholeNumber(1, 20)
      .prefault(1)
      .describe('Of each of both tracks, on the local platform. Default: 1.'),
  },
  {
    name: 'write service',
    weight: 'write share',
    percent: 'write share',
    budget: 'write mostRequests',
    platform: 'leave it out: these are services of the local platform, or of kubernetes',
    namespace: 'write kubernetes: { namespace }',
  },
)
  .check(judgedBy(judgeReplicas))
  .transform(({ kubernetes, ...written }): TrackSelection => ({
    ...written,
    ...(kubernetes !== undefined && {
      kubernetes: { ...kubernetes, service: kubernetes.service ?? written.service },
    }),
  }));

function judgeReplicas({ kubernetes, replicas }: Unfinished): Finding[] {
  if (!isMapping(kubernetes) || replicas === 1) return [];
  const message =
    'is of the local platform; leave it out: on Kubernetes the pods of stable answer both tracks';
  return [{ path: ['replicas'], message }];
}
