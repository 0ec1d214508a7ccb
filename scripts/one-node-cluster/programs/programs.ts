import { join } from 'node:path';
import { buildModule, type ProvisionOptions } from '../../programs/build-module.ts';
import { etcd, kubernetes, kwok } from './go-modules.ts';
import { moduleFiles } from './module-files.ts';
import { provideTraefik } from './traefik.ts';

/** Paths of everything that a cluster runs, or reads when it starts. */
export type Programs = Awaited<ReturnType<typeof providePrograms>>;

const definitions = join(import.meta.dirname, '../modules/definitions');

/** All pinned programs: from Belay's cache, or fetched or built (some minutes). Throws SetupFailed. */
export async function providePrograms(options: ProvisionOptions) {
  return {
    ...(await buildModule(etcd, options)),
    ...(await buildModule(kwok, options)),
    ...(await buildModule(kubernetes, options)),
    traefik: await provideTraefik(options),
    kwokStages: await kwokStages(options),
    gatewayApi: await gatewayApi(options),
    istio: await istio(options),
  };
}

function kwokStages(options: ProvisionOptions): Promise<string> {
  const stages = [
    'node/fast/node-initialize',
    'node/heartbeat-with-lease/node-heartbeat-with-lease',
  ];
  const pods = ['ready', 'complete', 'delete'].map((stage) => `pod/fast/pod-${stage}`);
  return moduleFiles(
    {
      name: 'one-node-cluster/kwok-stages',
      folder: kwok.folder,
      module: 'sigs.k8s.io/kwok',
      files: [...stages, ...pods].map((stage) => `kustomize/stage/${stage}.yaml`),
    },
    options,
  );
}

function gatewayApi(options: ProvisionOptions): Promise<string> {
  const kinds = ['gatewayclasses', 'gateways', 'httproutes', 'grpcroutes', 'referencegrants'];
  const others = ['backendtlspolicies', 'listenersets', 'tlsroutes'];
  return moduleFiles(
    {
      name: 'one-node-cluster/gateway-api',
      folder: definitions,
      module: 'sigs.k8s.io/gateway-api',
      files: [...kinds, ...others].map(
        (kind) => `config/crd/standard/gateway.networking.k8s.io_${kind}.yaml`,
      ),
    },
    options,
  );
}

/** The Istio definitions for Belay's writes; there is no data plane. */
function istio(options: ProvisionOptions): Promise<string> {
  return moduleFiles(
    {
      name: 'one-node-cluster/istio',
      folder: definitions,
      module: 'istio.io/api',
      files: ['kubernetes/customresourcedefinitions.gen.yaml'],
      objects: ['virtualservices.networking.istio.io', 'destinationrules.networking.istio.io'],
    },
    options,
  );
}
