import { findCluster, upCluster } from '../../scripts/one-node-cluster/cluster.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { DeployedShop } from '../lost-requests/deployed-shop.ts';
import { Ground } from '../lost-requests/ground.ts';
import { startRolloutOf } from '../lost-requests/rollout-of-shop.ts';
import { progress } from '../report/tell.ts';
import type { DetectionGround } from './ground.ts';

/** A real cluster, called through its Gateway: the one that BELAY_CLUSTER names, or a new one. */
export async function withKubernetesGround<T>(
  measure: (ground: DetectionGround) => Promise<T>,
): Promise<T> {
  const given = process.env['BELAY_CLUSTER'];
  const cluster =
    given === undefined ? await upCluster('belay-detection', progress) : await findCluster(given);
  const ground = await Ground.open(cluster, 1);
  const stop = () => void ground.close().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await measure(kubernetesGround(ground));
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await ground.close();
  }
}

function kubernetesGround(ground: Ground): DetectionGround {
  const [lane] = ground.lanes;
  if (lane === undefined) throw new Error('there is no worker');
  const { namespace } = lane;
  return {
    async serve(name, errorShare) {
      const plan = { namespace, name, route: 'gateway', preStop: false } as const;
      const shop = await DeployedShop.deploy(ground.cluster, plan);
      const start = (release: { version: string; errorShare: number }, written: object) =>
        startRolloutOf(shop, {
          client: ground.client,
          lane,
          spec: { ...written, kind: 'canary', release: failing(release) },
        });
      if (errorShare > 0) {
        const stages = [{ weight: 100, hold: '1s' }];
        const handle = await start({ version: 'v5', errorShare }, { stages, analysis: 'none' });
        await handle.result();
      }
      return { url: shop.entrance, versionOf: (nth) => (nth % 2 === 1 ? 'v2' : 'v3'), start };
    },
  };
}

function failing({ version, errorShare }: { version: string; errorShare: number }): object {
  const env = { ERROR_PERCENT: String(Number((100 * errorShare).toPrecision(6))) };
  return { version, image: shopImage(version), env };
}
