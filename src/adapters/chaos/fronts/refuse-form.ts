import type { V1Service, V1ServicePort } from '@kubernetes/client-node';

const plainPorts = [80, 8080];
/** What a rollout remembers of a Service that it has pointed elsewhere. */
const rolloutAnnotation = 'belay.dev/before';
const topologyHints = [
  'service.kubernetes.io/topology-mode',
  'service.kubernetes.io/topology-aware-hints',
];

/** Why no requests of a Service of this form can be divided, whatever its pods are. */
export function refuseForm(service: V1Service): string[] {
  const { metadata, spec = {} } = service;
  const { type, clusterIP, sessionAffinity, publishNotReadyAddresses } = spec;
  const { selector = {}, ports = [] } = spec;
  const isSelecting = type !== 'ExternalName' && Object.keys(selector).length > 0;
  const [port] = ports;
  return [
    ...refuseUneven(service),
    ...(isSelecting ? [] : ['the Service selects no pods']),
    ...(clusterIP === 'None'
      ? ['the Service is headless: its clients choose a pod by themselves, and keep to it']
      : []),
    ...(sessionAffinity === 'ClientIP'
      ? [
          'the Service keeps a client to one pod (sessionAffinity: ClientIP), so that no share of its requests is at random',
        ]
      : []),
    ...(ports.length === 1
      ? []
      : [`the Service has ${ports.length} ports; only one can be divided`]),
    ...(port !== undefined && (port.protocol ?? 'TCP') !== 'TCP'
      ? [`its port is of ${port.protocol}, and only HTTP/1.1 can be divided`]
      : []),
    ...(port === undefined ? [] : refuseProtocol(port)),
    ...(publishNotReadyAddresses === true
      ? [
          'the Service sends requests to pods that are not ready (publishNotReadyAddresses), also to that of Belay',
        ]
      : []),
    ...(metadata?.annotations?.[rolloutAnnotation] === undefined
      ? []
      : ['a rollout has pointed the Service to some of its pods']),
  ];
}

/** A protocol that is not named is taken from the port, as clients do it: nothing else tells of it. */
function refuseProtocol({ name = '', port, appProtocol }: V1ServicePort): string[] {
  if (appProtocol === 'http') return [];
  if (appProtocol !== undefined) {
    return [`its port is of ${appProtocol}, and only HTTP/1.1 can be divided`];
  }
  if (/^http(-|$)/.test(name) || (name === '' && plainPorts.includes(port))) return [];
  return [
    `nothing says that its port ${name || port} speaks HTTP/1.1, and only that can be divided; where it does, set appProtocol: http, or name it http`,
  ];
}

/** Its pods do not all get as many requests: the share of one more of them is not known. */
function refuseUneven({ metadata, spec }: V1Service): string[] {
  const { internalTrafficPolicy, externalTrafficPolicy, trafficDistribution } = spec ?? {};
  const hints = topologyHints
    .map((key) => [key, metadata?.annotations?.[key]] as const)
    .filter(([, value]) => value !== undefined && value.toLowerCase() !== 'disabled');
  const uneven = [
    ...(internalTrafficPolicy === 'Local' ? ['internalTrafficPolicy: Local'] : []),
    ...(externalTrafficPolicy === 'Local' ? ['externalTrafficPolicy: Local'] : []),
    ...(trafficDistribution === undefined ? [] : [`trafficDistribution: ${trafficDistribution}`]),
    ...hints.map(([key, value]) => `${key}: ${value}`),
  ];
  return uneven.map(
    (each) =>
      `the Service prefers pods that are near (${each}): the pod of Belay would get all requests of a node or a zone, or none`,
  );
}
