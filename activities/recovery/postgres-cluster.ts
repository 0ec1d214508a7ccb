import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import {
  PartError,
  type PartErrorCode,
} from '../../src/contracts/recovery/playbooks/worker-parts.ts';
import type {
  PostgresClusterActivities,
  PostgresClusterFacts,
  PostgresClusters,
} from '../../src/contracts/recovery/postgres-cluster.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { signatureOf } from '../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';

export function createPostgresClusterActivities(
  clusters: PostgresClusters,
): PostgresClusterActivities {
  return {
    examinePostgresCluster: (address) => mapped(() => clusters.examine(address)),
    watchPostgresCluster: (call) =>
      mapped(() => {
        const { known, everyMs, withinMs, ...address } = call;
        const watching = { known, everyMs, withinMs };
        return whileHeartbeating(() => untilChanged(() => clusters.look(address), watching));
      }),
    requestPrimary: (call) => mapped(() => clusters.request(call)),
  };
}

interface Watching {
  known: string;
  everyMs: number;
  withinMs: number;
}

async function untilChanged(
  look: () => Promise<PostgresClusterFacts>,
  { known, everyMs, withinMs }: Watching,
): Promise<PostgresClusterFacts> {
  const { cancellationSignal: signal } = Context.current();
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const facts = await look();
    if (signatureOf(facts) !== known || performance.now() >= untilMs) return facts;
    await sleep(everyMs, undefined, { signal });
  }
}

const types: Readonly<Record<PartErrorCode, string>> = {
  refused: failureTypes.targetRefused,
  'stale-fence': failureTypes.staleFence,
  unavailable: failureTypes.targetUnavailable,
};

async function mapped<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    const { code, message } = error;
    const options = { message, type: types[code], nonRetryable: code !== 'unavailable' };
    throw ApplicationFailure.create({ ...options, cause: error });
  }
}
