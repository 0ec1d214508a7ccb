import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeCredentials } from '../credentials.ts';
import { apiServer } from '../daemons/api-server.ts';
import { containerd } from '../daemons/containerd.ts';
import { controllerManager, scheduler } from '../daemons/controllers.ts';
import { apiServerUrl, nodeName, type Daemon, type DaemonContext } from '../daemons/daemon.ts';
import { etcd } from '../daemons/etcd.ts';
import { kubeProxy } from '../daemons/kube-proxy.ts';
import { kubelet } from '../daemons/kubelet.ts';
import { kwok } from '../daemons/kwok.ts';
import { traefik } from '../daemons/traefik.ts';
import { importImage } from '../images/import-image.ts';
import type { ClusterLayout } from '../layout.ts';
import { openNetwork } from '../network/open-network.ts';
import type { Programs } from '../programs/programs.ts';
import { accessTo } from './access.ts';
import { kubectl, kubectlOutput } from './kubectl.ts';
import { writeRecord, type ClusterAccess, type DaemonIdentity } from './record.ts';
import { startDaemon } from './start-daemon.ts';
import { waitUntil } from './wait-until.ts';

interface BringUp {
  name: string;
  layout: ClusterLayout;
  programs: Programs;
  /** Archives of the images that its node has from the start. */
  images: readonly string[];
  log: (line: string) => void;
}

/** Starts a cluster. If it throws, the record lists what it has started. */
export async function bringUp({
  name,
  layout,
  programs,
  images,
  log,
}: BringUp): Promise<ClusterAccess> {
  await mkdir(layout.folder, { recursive: true, mode: 0o700 });
  const daemons: DaemonIdentity[] = [];
  await writeRecord({ name, daemons });
  const context = { layout, programs, subnet: await openNetwork(layout) };
  const start = async (daemon: Daemon) => {
    daemons.push(await startDaemon(daemon, layout, daemons));
    await writeRecord({ name, daemons });
  };
  const reach = (what: string, isSo: () => Promise<boolean>) =>
    waitUntil({ what, layout, daemons }, isSo);

  log('starting the control plane');
  await writeCredentials(layout, apiServerUrl(context.subnet));
  await start(etcd(context));
  await start(await apiServer(context));
  await start(await containerd(context));
  await importInto(context, images, reach);
  await reach('the API server is ready', () =>
    kubectlOutput(context, ['get', '--raw=/readyz'], 'ok'),
  );
  await start(controllerManager(context));
  await start(scheduler(context));

  log('starting the node');
  await start(await kubelet(context));
  await start(await kubeProxy(context));
  await start(kwok(context));

  log('starting the router');
  await applyManifests(context, reach);
  await start(traefik(context));
  await reach('the node is ready', () => isTrue(context, `node/${nodeName}`, 'Ready'));
  await reach('the Gateway is programmed', () =>
    isTrue(context, 'gateway/belay', 'Programmed', 'belay-gateway'),
  );

  const access = accessTo(name, context);
  await writeRecord({ name, daemons, access });
  return access;
}

type Reach = (what: string, isSo: () => Promise<boolean>) => Promise<void>;

/** containerd accepts images once its socket answers. */
async function importInto(
  { layout }: DaemonContext,
  images: readonly string[],
  reach: Reach,
): Promise<void> {
  for (const image of images) {
    await reach(`containerd has ${image}`, () =>
      importImage(layout, image).then(
        () => true,
        () => false,
      ),
    );
  }
}

/** A kind's objects are accepted shortly after its definition. */
async function applyManifests(context: DaemonContext, reach: Reach): Promise<void> {
  const { gatewayApi, istio } = context.programs;
  const apply = (file: string) => kubectl(context, ['apply', '--server-side', '--filename', file]);
  await Promise.all([gatewayApi, istio].map(apply));
  await reach('the routing manifests are accepted', () =>
    apply(join(import.meta.dirname, '../manifests/routing.yaml')).then(
      () => true,
      () => false,
    ),
  );
}

function isTrue(
  context: DaemonContext,
  object: string,
  condition: string,
  namespace = 'default',
): Promise<boolean> {
  const path = `jsonpath={.status.conditions[?(@.type=="${condition}")].status}`;
  return kubectlOutput(context, ['get', '-n', namespace, object, '-o', path], 'True');
}
