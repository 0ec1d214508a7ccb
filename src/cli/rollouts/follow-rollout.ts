import type { Client } from '@temporalio/client';
import type { Ledger } from '../../contracts/kernel/ledger.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { followRun, type Followed, type Sighting } from '../runs/follow-run.ts';
import { queryStatus } from '../runs/query-status.ts';
import type { ServiceName } from '../service-name.ts';
import { withHoldProgress } from './hold-progress.ts';
import { findReport, readEnd, type RolloutEnd } from './rollout-end.ts';

export type RolloutSighting = Sighting<RolloutStatus, RolloutEnd>;

export interface FollowedRollout extends Followed {
  name: ServiceName;
  everyMs: number;
}

/** Watches one rollout until it closes, with what its open hold has measured. */
export function followRollout(
  client: Client,
  ledger: Ledger,
  { name, ...followed }: FollowedRollout,
): AsyncGenerator<RolloutSighting, void> {
  const workflowId = rolloutWorkflowId(name);
  return followRun<RolloutStatus, RolloutEnd>(
    client,
    {
      workflowId,
      readStatus: async (run) => {
        const status = await queryStatus<RolloutStatus>(client, workflowId);
        return withHoldProgress(status, run, client.options.loadedDataConverter);
      },
      refOf: ({ rolloutId }) => rolloutId,
      readEnd: (run, expectedRef) => readEnd(client, ledger, name, run, expectedRef),
      readEndOfReplaced: (expectedRef, other) => endOfReplaced(ledger, name, expectedRef, other),
    },
    followed,
  );
}

async function endOfReplaced(
  ledger: Ledger,
  name: ServiceName,
  expectedId: string,
  other: RolloutStatus,
): Promise<RolloutEnd> {
  const report = await findReport(ledger, name, expectedId);
  if (report) return { kind: 'report', report };
  const reason = `rollout ${other.rolloutId} replaced it`;
  return { kind: 'unreported', state: 'replaced', reason };
}
