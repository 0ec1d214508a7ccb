import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { regionKinds } from '../../src/kinds/regions.ts';
import { concludeRegion } from '../../src/policies/recovery/regions/conclude-region.ts';
import { describeLag } from '../../src/policies/recovery/regions/describe-lag.ts';
import {
  placeDatabase,
  type SeenDatabase,
} from '../../src/policies/recovery/regions/place-database.ts';
import { refuseFailover, type SeenGroup } from '../../src/policies/recovery/regions/refuse-move.ts';
import type { RegionFailoverSpec } from '../../src/specs/recovery/region-plan.ts';
import { awaitApproval } from '../kernel/await-approval.ts';
import { takeStep } from '../kernel/steps.ts';
import { confirmLost, confirmStillLost } from './support/regions/ask-witnesses.ts';
import { completeMove } from './support/regions/complete-move.ts';
import { examineGroup } from './support/regions/examine-group.ts';
import { refusal } from './support/databases/examine-nodes.ts';
import { freeze } from './support/regions/freeze-environment.ts';
import type { RegionRun } from './support/regions/region-run.ts';
import { runRegion } from './support/regions/run-region.ts';
import { scaleUp } from './support/regions/scale-services.ts';
import { together } from './support/together.ts';

/** Another region takes over from one that is lost: by agreement, with its loss shown, and approved. */
export async function regionFailover(input: unknown, request?: StartRequest): Promise<RunReport> {
  const moveOf = (plan: RegionFailoverSpec) => ({ plan, from: plan.from, to: plan.to });
  const start = { kind: regionKinds.regionFailover, moveOf, input, request };
  return runRegion(start, async (run, spec) => {
    await examineMove(run);
    if (spec.dryRun) {
      const reason = `${spec.group} would move from ${spec.from} to ${spec.to}; nothing was done`;
      return { outcome: 'Planned', reason };
    }
    run.open();
    await confirmLost(run);
    // It may have taken long: what is shown for an approval, and judged, is of now.
    const [{ databases }] = await together([examineMove(run, { again: true }), freeze(run)]);
    await approveLoss(run, databases);
    await scaleUp(run);
    await completeMove(run, 'failover');
    return concludeRegion('FailedOver', run.details(), run.missing);
  });
}

/** What there is to take over. Fails with every reason where that cannot be. */
async function examineMove(
  run: RegionRun<RegionFailoverSpec>,
  how?: { again: boolean },
): Promise<SeenGroup> {
  const seen = await examineGroup(run, how);
  const reasons = refuseFailover(seen, run.move);
  if (reasons.length > 0) throw refusal(reasons.join('; '));
  return seen;
}

/** Shows how far the standbys are, and goes on once a person accepts that, and the region is lost even so. */
async function approveLoss(
  run: RegionRun<RegionFailoverSpec>,
  seen: readonly SeenDatabase[],
): Promise<void> {
  const { plan, from, to } = run.move;
  const shown = seen.map((database) => showLoss(database, run.found.times.lostSinceMs ?? 0));
  const isAsked = !plan.automatic || shown.some(({ isUnproven }) => isUnproven);
  await takeStep(run, 'show what would be lost', async ({ prove }) => {
    for (const { name, node, value } of shown) prove({ what: name, source: node, value });
    if (isAsked) {
      const lags = shown.map(({ name, value }) => `${name}: ${value}`).join('; ');
      const what = `of moving ${plan.group} from ${from} to ${to}${lags === '' ? '' : ` (${lags})`}`;
      const by = await awaitApproval(run, {
        ...{ what: { awaited: what, missed: 'the move' }, by: plan.approvers },
      });
      run.note(`${by} approved the move`);
      for (const { name, isUnproven } of shown) if (isUnproven) run.acceptedUnproven.add(name);
    }
    run.stamp('approvedAtMs');
  });
  if (isAsked) await confirmStillLost(run);
}

function showLoss(database: SeenDatabase, lostSinceMs: number) {
  const { name, nodes, to } = database;
  const place = placeDatabase(database, 'failover');
  if (place.kind === 'there' && place.unproven !== undefined) {
    return { name, node: to, value: place.unproven, isUnproven: true };
  }
  const facts = nodes.find(({ node }) => node.name === to)?.facts;
  const lag = facts === undefined ? 'nobody knows' : describeLag(facts, lostSinceMs);
  return { name, node: to, value: `${to} ${lag}`, isUnproven: false };
}
