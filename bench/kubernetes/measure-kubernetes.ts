import { findCluster, upCluster } from '../../scripts/one-node-cluster/cluster.ts';
import { readRecord, type ClusterAccess } from '../../scripts/one-node-cluster/lifecycle/record.ts';
import { keep, progress } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';
import { withSystem } from '../system/with-system.ts';
import { withoutHolds } from './canaries.ts';
import { Fleet, type FleetPlan } from './fleet.ts';
import { measureCanaries, type CanariesFigures, type Ground } from './measure-canaries.ts';
import { measureFloor, type FloorFigures } from './measure-floor.ts';
import { measureHold, type HoldFigures } from './measure-hold.ts';
import type { KubernetesPlan } from './plan.ts';

export interface KubernetesFigures {
  /** Of the last worker: requests per second, and burst. */
  rate?: { qps: number; burst: number };
  floor?: FloorFigures;
  canaries: CanariesFigures[];
  hold?: HoldFigures;
  /** One canary of real pods by each kind of routing. */
  real: { routing: string; figures: CanariesFigures }[];
}

const gateway = { gatewayApi: { route: 'shop-1' } };

/** Every part with its own worker and services, one after the other. */
export async function measureKubernetes(
  origin: BelayOrigin,
  { parts, floor, counts, holding, heldMs, settings }: KubernetesPlan,
): Promise<KubernetesFigures> {
  const cluster = await findOrStart();
  const apiServerPid = await pidOfApiServer(cluster);
  const figures: KubernetesFigures = { canaries: [], real: [] };

  const onFleet = <T extends object>(plan: FleetPlan, measure: (fleet: Fleet) => Promise<T>) =>
    withFleet(cluster, plan, async (fleet) => {
      const measured = await measure(fleet);
      keep(measured);
      return measured;
    });
  const withWorker = <T extends object>(
    plan: FleetPlan,
    measure: (ground: Ground, fleet: Fleet) => Promise<T>,
  ) =>
    onFleet(plan, (fleet) => {
      const own = {
        ...settings,
        BELAY_KUBECONFIG: cluster.kubeconfig,
        BELAY_KUBERNETES_NAMESPACES: fleet.namespace,
      };
      return withSystem({ origin, settings: own }, (system) => {
        const { qps, burst } = system.config.kubernetes;
        figures.rate = { qps, burst };
        return measure({ cluster, apiServerPid, system }, fleet);
      });
    });

  if (parts.includes('floor'))
    figures.floor = await onFleet({ size: floor }, (fleet) => measureFloor(fleet, apiServerPid));
  for (const size of parts.includes('canaries') ? counts : []) {
    const measured = await withWorker({ size }, (ground, fleet) =>
      measureCanaries(ground, fleet, { stages: withoutHolds }),
    );
    figures.canaries.push(measured);
  }
  if (parts.includes('hold')) {
    figures.hold = await withWorker({ size: holding }, (ground, fleet) =>
      measureHold(ground, fleet, heldMs),
    );
  }
  for (const router of parts.includes('real') ? [undefined, gateway] : []) {
    const routing = router ? 'Gateway API' : 'replica ratio';
    const measured = await withWorker({ size: 1, real: true }, (ground, fleet) =>
      measureCanaries(ground, fleet, { stages: withoutHolds, ...(router && { router }) }),
    );
    figures.real.push({ routing, figures: measured });
  }
  return figures;
}

async function withFleet<T>(
  cluster: ClusterAccess,
  plan: FleetPlan,
  measure: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  progress(`deploying ${plan.size} services${plan.real ? ' of real pods' : ''}`);
  const fleet = await Fleet.deploy(cluster, plan);
  try {
    return await measure(fleet);
  } finally {
    await fleet.remove();
  }
}

function findOrStart(): Promise<ClusterAccess> {
  const given = process.env['BELAY_CLUSTER'];
  return given === undefined ? upCluster('belay-bench', progress) : findCluster(given);
}

async function pidOfApiServer({ name }: ClusterAccess): Promise<number> {
  const record = await readRecord(name);
  const daemon = record?.daemons.find((one) => one.name === 'kube-apiserver');
  if (daemon === undefined) throw new Error(`the cluster ${name} has no record of its API server`);
  return daemon.pid;
}
