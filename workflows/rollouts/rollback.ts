import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { DeployRequest } from '../../src/contracts/kernel/messages.ts';
import type { KeptRevision, ServiceState } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { RollbackSpec } from '../../src/specs/rollouts/rollback.ts';
import { pendingStage } from './support/canary-stage.ts';
import { bringUpInFull } from './support/bring-up-in-full.ts';
import { commitPromotion } from './support/commit-promotion.ts';
import { armUndoOfCanary, beside, claimService, openService } from './support/open-service.ts';
import { runRollout } from './support/run-rollout.ts';

/** Brings a kept revision back beside the present one, moves all traffic, and keeps it. No analysis. */
export async function rollback(input: unknown, request?: DeployRequest): Promise<RolloutReport> {
  return runRollout('rollback', input, request, async (rollout, spec) => {
    const service = await openService(rollout, spec);
    refuseUnlessServing(service.found, request?.takesBack);
    const chosen = keptRevision(service.found, spec).release;
    if (chosen.revision !== undefined) await service.acts.inspect(beside(chosen, spec.readiness));
    const stage = pendingStage({ weight: 100, holdMs: 0 });
    rollout.plan(chosen.version, [stage], { mode: 'none' });

    await claimService(rollout, service);
    armUndoOfCanary(rollout);
    const { release, wanted, revision } = keptRevision(service.found, spec);
    const replicas = release.revision === undefined ? wanted : { forWeight: 100 };
    const full = { release, replicas, readiness: spec.readiness };
    stage.state = 'active';
    stage.enteredAtMs = Date.now();
    rollout.enterPhase('preparing', `Bringing ${release.version} (revision ${revision}) back`);
    await bringUpInFull(service.acts, full);
    rollout.status.weight = 100;
    stage.state = 'passed';
    stage.leftAtMs = Date.now();
    await commitPromotion(rollout, service, full);
    return { outcome: 'Promoted', reason: `${release.version} (revision ${revision}) is back` };
  });
}

/** Another alert may have had the same release taken back a moment ago, under the same workflow ID. */
function refuseUnlessServing(
  { environment, service, stable }: ServiceState,
  version: string | undefined,
): void {
  const serving = stable?.release.version;
  if (version === undefined || serving === version) return;
  throw ApplicationFailure.nonRetryable(
    `${version} of ${environment}/${service} does not serve any more: ${serving ?? 'nothing'} does`,
    failureTypes.nothingToUndo,
  );
}

function keptRevision(found: ServiceState, { toRevision }: RollbackSpec): KeptRevision {
  const wanted = found.kept.find(
    ({ revision }) => toRevision === undefined || revision === toRevision,
  );
  if (wanted !== undefined) return wanted;
  const kept = found.kept.map(({ revision, release }) => `${revision} (${release.version})`);
  throw ApplicationFailure.nonRetryable(
    `${found.environment}/${found.service} keeps no revision ${toRevision ?? 'to go back to'}. Kept: ${kept.join(', ') || 'none'}.`,
    failureTypes.noSuchRevision,
  );
}
