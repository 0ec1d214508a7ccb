import { CancellationScope } from '@temporalio/workflow';
import { concludePromotion } from '../../../../../src/policies/recovery/databases/conclude-promotion.ts';
import { chooseInstance } from '../../../../../src/policies/recovery/databases/cloudnative-pg/choose-instance.ts';
import { refuseChange } from '../../../../../src/policies/recovery/databases/cloudnative-pg/refuse-change.ts';
import { formatDuration } from '../../../../../src/specs/kernel/duration.ts';
import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import type { SwitchoverSpec } from '../../../../../src/specs/recovery/switchover.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';

import { obtainPermit } from '../obtain-permit.ts';
import { askForPrimary } from './ask-for-primary.ts';
import { completeChange } from './complete-change.ts';
import { concludeUnsettled } from './conclude-unsettled.ts';
import { examineCluster } from './examine-cluster.ts';

/** The operator lets another instance take over from a primary that is up; Belay asks it, and proves what it did. */
export async function switchOverCluster(
  run: DatabaseRun<SwitchoverSpec>,
  spec: SwitchoverSpec,
): Promise<Ending> {
  const planned = judge(await examineCluster(run), spec);
  run.found.from = planned.from;
  if (spec.dryRun) {
    const reason = `the operator would be asked to make ${planned.to} the primary; nothing was done`;
    return { outcome: 'Planned', reason };
  }
  await obtainPermit(run);
  run.open();
  // The permit may have taken its time.
  const { from, to, facts } = judge(await examineCluster(run, 'ask the operator once more'), spec);
  run.found.from = from;
  run.stamp('downSinceMs');
  const settled = await askForPrimary(run, { from, to, facts, change: 'switchover' });
  if (settled === undefined) return concludeUnsettled(run);
  run.note(
    `The operator lets ${from} shut down for at most ${formatDuration(facts.switchoverDelayMs)} (switchoverDelay) before it kills it; nobody counted what that would lose`,
  );
  await CancellationScope.nonCancellable(() => completeChange(run, settled, { to }));
  return concludePromotion('SwitchedOver', run.found, run.missing);
}

/** Fails with every reason against it. */
function judge(facts: PostgresClusterFacts, spec: SwitchoverSpec) {
  const chosen = chooseInstance(facts, 'switchover', spec.to);
  const reasons = [...refuseChange(facts, 'switchover'), ...(chosen.ok ? [] : chosen.reasons)];
  if (!chosen.ok || reasons.length > 0) throw refusal(reasons.join('; '));
  return { from: facts.currentPrimary ?? '', to: chosen.to, facts };
}
