import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { regionKinds } from '../../src/kinds/regions.ts';
import { concludeRegion } from '../../src/policies/recovery/regions/conclude-region.ts';
import { refuseFailback } from '../../src/policies/recovery/regions/refuse-move.ts';
import type { RegionFailbackSpec } from '../../src/specs/recovery/region-plan.ts';
import { askProbes } from './support/regions/ask-witnesses.ts';
import { completeMove } from './support/regions/complete-move.ts';
import { examineGroup } from './support/regions/examine-group.ts';
import { refusal } from './support/databases/examine-nodes.ts';
import { freeze } from './support/regions/freeze-environment.ts';
import { runRegion } from './support/regions/run-region.ts';
import { scaleUp } from './support/regions/scale-services.ts';
import { takeStep } from '../kernel/steps.ts';

/** Back to the region where a group usually is: by switchovers, which lose nothing, once that region is whole. */
export async function regionFailback(input: unknown, request?: StartRequest): Promise<RunReport> {
  const moveOf = ({ plan }: RegionFailbackSpec) => ({ plan, from: plan.to, to: plan.from });
  const start = { kind: regionKinds.regionFailback, moveOf, input, request };
  return runRegion(start, async (run, { plan, dryRun }) => {
    const { from, to } = run.move;
    const views = await takeStep(run, `ask whether ${to} is back`, async ({ prove }) => {
      const asked = await askProbes(run, plan.witnesses);
      for (const { witness, detail } of asked) {
        prove({ what: 'witness', source: witness, value: detail });
      }
      return asked;
    });
    const seen = await examineGroup(run);
    const reasons = refuseFailback(seen, views, run.move);
    if (reasons.length > 0) throw refusal(reasons.join('; '));
    if (dryRun) {
      const reason = `${plan.group} would move from ${from} to ${to}; nothing was done`;
      return { outcome: 'Planned', reason };
    }
    run.open();
    run.stamp('lostSinceMs');
    await freeze(run);
    await scaleUp(run);
    await completeMove(run, 'switchover');
    return concludeRegion('FailedBack', run.details(), run.missing);
  });
}
