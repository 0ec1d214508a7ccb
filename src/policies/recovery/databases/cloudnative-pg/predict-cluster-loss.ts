import type { PostgresClusterFacts } from '../../../../contracts/recovery/postgres-cluster.ts';
import { compareLsn } from '../lsn.ts';
import type { Loss } from '../predict-loss.ts';

/**
 * What is lost where this instance takes over from a primary that takes no writes any more: nothing where
 * commits wait for so many standbys (W) that one of the instances that answer (R) has each of them. Of N
 * standbys, with those that are no instances of the Cluster: R + W > N.
 */
export function predictClusterLoss(to: string, facts: PostgresClusterFacts): Loss {
  const { instances, currentPrimary, synchronous, wanted } = facts;
  const standbys = instances.filter(({ name }) => name !== currentPrimary);
  const answering = standbys.filter(({ server, isReady }) => isReady && server?.lsn !== undefined);
  const candidate = answering.find(({ name }) => name === to);
  const growing = whyGrowing(facts);
  if (growing !== undefined) return { from: growing };
  if (synchronous !== undefined && candidate !== undefined) {
    const n = Math.max(wanted - 1, standbys.length) + synchronous.external;
    const isFurthest = answering.every(
      ({ server }) => compareLsn(candidate.server?.lsn, server?.lsn) >= 0,
    );
    if (isFurthest && answering.length + synchronous.number > n) {
      const from = `every commit waited for ${synchronous.number} of ${n} standbys, ${answering.length} of them answer, and none has more than ${to}`;
      return { bytes: 0, ms: 0, from };
    }
  }
  return { from: `${currentPrimary ?? 'the primary'} does not say how far ${to} is behind` };
}

/** Why the log may go on after this look, and with it what clients were told is committed. */
function whyGrowing({ instances, currentPrimary }: PostgresClusterFacts): string | undefined {
  const [primary] = instances.filter(({ server }) => server?.isPrimary);
  if (primary !== undefined) return `the server of ${primary.name} still takes writes`;
  const receiving = instances.filter(({ server }) => server?.streams).map(({ name }) => name);
  if (receiving.length === 0) return undefined;
  return `${currentPrimary ?? 'the primary'} may still take writes: its log goes to ${receiving.join(', ')}`;
}
