import { matches, selects } from '../../kubernetes-api/objects/selectors.ts';
import { frontNameOf, labelsOfFront } from './front-objects.ts';
import {
  autoscalersOf,
  controllerOf,
  imagesOf,
  targetPortOf,
  templateHash,
  type ReadService,
} from './read-service.ts';
import { refuseForm } from './refuse-form.ts';

const knownProxies = [
  ...['istio-proxy', 'linkerd-proxy', 'kuma-sidecar', 'consul-dataplane', 'envoy-sidecar'],
  'envoy',
];
/** As Istio writes it on the pods that it leads through the proxies of their nodes. */
const ambient = 'ambient.istio.io/redirection';

/** Every reason why the requests of this Service cannot be divided between two tracks; empty: they can be. */
export function refuseService(read: ReadService): string[] {
  return [...refuseForm(read.service), ...refusePods(read), ...refuseAround(read)];
}

function refusePods({ service, pods }: ReadService): string[] {
  if (pods.length === 0) return [];
  const [port] = service.spec?.ports ?? [];
  const numbers = new Set(pods.map((pod) => port && targetPortOf(port, pod)));
  const images = new Set(pods.map(imagesOf));
  const controllers = pods.map(controllerOf);
  const others = pods.filter(
    ({ metadata }, index) =>
      controllers[index]?.kind !== 'ReplicaSet' || metadata?.labels?.[templateHash] === undefined,
  );
  const meshed = pods.some(
    ({ metadata, spec }) =>
      metadata?.annotations?.[ambient] === 'enabled' ||
      [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].some(({ name }) =>
        knownProxies.includes(name),
      ),
  );
  return [
    ...(others.length === 0
      ? []
      : [
          `${others.length} of its pods are not of a Deployment (${others[0]?.metadata?.name}): another controller could take the pod of Belay for one of its own`,
        ]),
    ...(templateHash in (service.spec?.selector ?? {})
      ? [
          `the Service selects by ${templateHash}: the ReplicaSet would take the pod of Belay for one of its own`,
        ]
      : []),
    ...(images.size > 1 ? [`its pods run different releases: ${[...images].join('; ')}`] : []),
    ...(port !== undefined && (numbers.size > 1 || numbers.has(undefined))
      ? [`its pods do not all have the port ${port.targetPort ?? port.port} at one number`]
      : []),
    ...(pods.some(({ spec }) => spec?.hostNetwork === true)
      ? ['its pods are on the network of their nodes']
      : []),
    ...(meshed
      ? [
          'its pods are part of a service mesh, which would not let the pod of Belay answer in their place',
        ]
      : []),
  ];
}

/** What else would take the pod of Belay for one of the pods of stable, by its labels. */
function refuseAround(read: ReadService): string[] {
  const { service, services, budgets, fronts, pods } = read;
  const { name = '' } = service.metadata ?? {};
  const labels = labelsOfFront(service.spec?.selector ?? {});
  const [port] = service.spec?.ports ?? [];
  const [pod] = pods;
  const own = port && pod && targetPortOf(port, pod);
  const siblings = services.filter(
    (each) => each.metadata?.name !== name && selects(each.spec?.selector, labels),
  );
  const elsewhere = siblings.filter(({ spec }) =>
    (spec?.ports ?? []).some((other) => pod && targetPortOf(other, pod) !== own),
  );
  const counting = budgets.filter(({ spec }) => spec?.selector && matches(spec.selector, labels));
  const ofSiblings = siblings.map(({ metadata }) => frontNameOf({ service: metadata?.name ?? '' }));
  const among = fronts.filter(
    ({ metadata }) =>
      metadata?.name !== frontNameOf({ service: name }) &&
      (selects(service.spec?.selector, metadata?.labels) ||
        ofSiblings.includes(metadata?.name ?? '')),
  );
  return [
    ...elsewhere.map(
      ({ metadata }) =>
        `Service ${metadata?.name} would send requests to the pod of Belay, at another port; give it a selector of its own`,
    ),
    ...siblings
      .filter((each) => !elsewhere.includes(each))
      .flatMap((each) =>
        refuseForm(each).map(
          (why) => `Service ${each.metadata?.name} selects the same pods, and ${why}`,
        ),
      ),
    ...among.map(
      ({ metadata }) =>
        `pod ${metadata?.name}, which divides the requests of another Service, is among its pods`,
    ),
    ...counting.map(
      ({ metadata }) =>
        `PodDisruptionBudget ${metadata?.name} would count the pod of Belay as one of the service, and let one more be evicted`,
    ),
    ...autoscalersOf(read)
      .filter(({ spec }) => spec?.metrics?.some(({ type }) => type === 'ContainerResource'))
      .map(
        ({ metadata }) =>
          `HorizontalPodAutoscaler ${metadata?.name} has a metric of type ContainerResource, which could not be read while the pod of Belay is there`,
      ),
  ];
}
