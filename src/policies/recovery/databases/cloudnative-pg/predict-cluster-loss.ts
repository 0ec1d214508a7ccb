import type { PostgresClusterFacts } from '../../../../contracts/recovery/postgres-cluster.ts';
import { compareLsn } from '../lsn.ts';
import type { Loss } from '../predict-loss.ts';

/**
 * What is lost where this instance takes over from a primary that does not answer: nothing where commits
 * wait for so many standbys (W) that one of those that answer (R, of N) has each of them: R + W > N.
 */
export function predictClusterLoss(to: string, facts: PostgresClusterFacts): Loss {
  const { instances, currentPrimary, synchronous, wanted } = facts;
  const standbys = instances.filter(({ name }) => name !== currentPrimary);
  const answering = standbys.filter(({ server, isReady }) => isReady && server?.lsn !== undefined);
  const candidate = answering.find(({ name }) => name === to);
  if (synchronous !== undefined && candidate !== undefined) {
    const n = Math.max(wanted - 1, standbys.length);
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
