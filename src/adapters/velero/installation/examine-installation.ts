import type { SourceFacts, StoreCall } from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { PlatformError } from '../../../contracts/rollouts/platform.ts';
import type { KubernetesObject } from '../../kubernetes-api/dynamic/api-resource.ts';
import { claims, deployments, locations, namespaces, needed, pods } from '../kinds.ts';
import type { ClaimObject, LocationObject, PodObject } from '../objects.ts';
import { volumesOf, type Velero } from '../settings.ts';
import { askServer } from './ask-server.ts';
import { judgeClaims, type Mounted } from './judge-claims.ts';
import { judgeInstallation, type Installation } from './judge-installation.ts';

const answerWithinS = 15;

interface DeploymentObject extends KubernetesObject {
  spec?: { replicas?: number };
  status?: { readyReplicas?: number };
}

/** Whether Velero can back up what the plan names, with every reason why not. */
export async function examineVelero(
  velero: Velero,
  { component }: Pick<StoreCall, 'component'>,
): Promise<SourceFacts> {
  const [{ mounted, refusals }, found, identity] = await Promise.all([
    readMounted(velero, component),
    readInstallation(velero, component.repositories),
    readIdentity(velero),
  ]);
  const { version } = found;
  return {
    tool: version === undefined ? 'Velero' : `Velero ${version.replace(/^v/, '')}`,
    refusals: [
      ...refusals,
      ...judgeInstallation(found, mounted?.nodes ?? []),
      ...(mounted?.refusals ?? []),
    ],
    remarks: mounted?.remarks ?? [],
    ...(identity !== undefined && { identity }),
  };
}

/** Of what a set has to have the data. Throws AgentError where that of one cannot be had. */
export async function expectClaims(
  velero: Velero,
  component: StoreCall['component'],
): Promise<Mounted['expected']> {
  const { mounted, refusals } = await readMounted(velero, component);
  const reasons = [...refusals, ...(mounted?.refusals ?? [])];
  if (reasons.length > 0) throw new AgentError('refused', reasons.join('\n'));
  return mounted?.expected ?? [];
}

/** A cluster is told from others by what cannot be made anew in it. */
export async function readIdentity({ api }: Velero): Promise<string | undefined> {
  const own = await api.get(namespaces, undefined, 'kube-system').catch(() => undefined);
  return own?.metadata.uid;
}

async function readMounted(
  { api }: Velero,
  component: StoreCall['component'],
): Promise<{ mounted?: Mounted; refusals: string[] }> {
  const source = volumesOf(component);
  const refusals: string[] = [];
  const read = async (namespace: string) => {
    const there = await api.get(namespaces, undefined, namespace);
    if (there === undefined) refusals.push(`there is no namespace ${namespace}`);
    const all = await Promise.all([
      api.list(claims, namespace, source.labels),
      api.list(pods, namespace, source.labels),
    ]);
    return { claims: all[0] as ClaimObject[], pods: all[1] as PodObject[] };
  };
  const found = await Promise.all(
    source.namespaces.map((namespace) =>
      read(namespace).catch((error: unknown) => {
        if (!(error instanceof PlatformError) || error.code === 'unavailable') throw error;
        refusals.push(error.message);
        return undefined;
      }),
    ),
  );
  if (refusals.length > 0) return { refusals };
  const all = found.filter((one) => one !== undefined);
  const mounted = judgeClaims(
    source,
    all.flatMap((one) => one.claims),
    all.flatMap((one) => one.pods),
  );
  return { mounted, refusals };
}

async function readInstallation(velero: Velero, names: readonly string[]): Promise<Installation> {
  const { api, namespace } = velero;
  const missing = await missingKinds(velero);
  const nothing = { namespace, missing, agents: [], locations: new Map(), askedForS: 0 };
  // Of its definitions in part, nothing more can be asked.
  if (missing.length > 0) return nothing;
  const [version, deployment, agents, found] = await Promise.all([
    askServer(velero, answerWithinS * 1_000),
    api.get(deployments, namespace, 'velero') as Promise<DeploymentObject | undefined>,
    api.list(pods, namespace, { role: 'node-agent' }) as Promise<PodObject[]>,
    Promise.all(
      names.map(
        async (name) =>
          [
            name,
            (await api.get(locations, namespace, name)) as LocationObject | undefined,
          ] as const,
      ),
    ),
  ]);
  return {
    ...{ namespace, missing, version, agents, locations: new Map(found) },
    askedForS: answerWithinS,
    ready: deployment && {
      replicas: deployment.status?.readyReplicas ?? 0,
      of: deployment.spec?.replicas ?? 1,
    },
  };
}

/** Discovery tells of one version of a group alone, and these are of two. */
async function missingKinds({ api, namespace }: Velero): Promise<string[]> {
  const found = await Promise.all(
    needed.map(async (resource) => {
      try {
        await api.list(resource, namespace, { 'belay.dev/is-served': 'asked' });
        return [];
      } catch (error) {
        if (!(error instanceof PlatformError) || error.code !== 'not-found') throw error;
        return [`${resource.kind} (${resource.version})`];
      }
    }),
  );
  return found.flat();
}
