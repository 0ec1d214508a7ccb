import { delimiter } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { PlatformError } from '../../contracts/rollouts/platform.ts';

/** A cluster and the credentials for it. */
export interface Access {
  /** The name of the context. */
  context: string;
  /** The address of the API server. */
  server: string;
  kubeconfig: KubeConfig;
}

/**
 * Finds a context: in the named kubeconfig files (several are separated by the path delimiter, as in
 * KUBECONFIG), else in ~/.kube/config, else the cluster in which this process runs.
 */
export async function findAccess(
  files: string | undefined,
  context: string | undefined,
): Promise<Access> {
  const kubeconfig = await load(files);
  const name = context ?? kubeconfig.getCurrentContext();
  if (!kubeconfig.getContextObject(name)) throw unknownContext(kubeconfig, context, files);
  kubeconfig.setCurrentContext(name);
  const cluster = kubeconfig.getCurrentCluster();
  if (!cluster) throw unusable(`context "${name}" names a cluster that is not in it`, files);
  return { context: name, server: cluster.server, kubeconfig };
}

/** The context that the client makes up for http://localhost:8080 if it finds none. */
const clientsGuess = 'loaded-context';

async function load(files: string | undefined): Promise<KubeConfig> {
  // The client and its models take about 70 MB, so they are loaded only when they are needed.
  const { KubeConfig } = await import('@kubernetes/client-node');
  try {
    if (files !== undefined) return fromFiles(KubeConfig, files);
    const found = new KubeConfig();
    found.loadFromDefault();
    if (found.getCurrentContext() === clientsGuess) throw new Error('there is none');
    return found;
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error), files);
  }
}

function fromFiles(Config: typeof KubeConfig, files: string): KubeConfig {
  const [first, ...rest] = files
    .split(delimiter)
    .filter(Boolean)
    .map((file) => {
      const config = new Config();
      config.loadFromFile(file);
      return config;
    });
  if (first === undefined) throw new Error('no file is named');
  for (const config of rest) first.mergeConfig(config, true);
  return first;
}

function unknownContext(
  kubeconfig: KubeConfig,
  context: string | undefined,
  files: string | undefined,
): PlatformError {
  const known = kubeconfig.getContexts().map(({ name }) => name);
  if (known.length === 0) return unusable('it names no context', files);
  const wanted = context === undefined ? 'no current context is set' : `no context "${context}"`;
  return unusable(`${wanted}; it has ${known.join(', ')}`, files);
}

function unusable(why: string, files: string | undefined): PlatformError {
  return new PlatformError(
    'invalid',
    `The kubeconfig${files === undefined ? '' : ` ${files}`} cannot be used: ${why}. ` +
      'Name one with BELAY_KUBECONFIG, or a context of it in the target',
  );
}
