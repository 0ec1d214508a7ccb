import { CancellationScope } from '@temporalio/workflow';
import type { PostgresClusterFacts } from '../../../../../src/contracts/recovery/postgres-cluster.ts';
import { chooseInstance } from '../../../../../src/policies/recovery/databases/cloudnative-pg/choose-instance.ts';
import { describeCluster } from '../../../../../src/policies/recovery/databases/cloudnative-pg/describe-cluster.ts';
import { judgeProgress } from '../../../../../src/policies/recovery/databases/cloudnative-pg/judge-progress.ts';
import {
  describePhase,
  meaningOfPhase,
} from '../../../../../src/policies/recovery/databases/cloudnative-pg/phases.ts';
import { predictClusterLoss } from '../../../../../src/policies/recovery/databases/cloudnative-pg/predict-cluster-loss.ts';
import { refuseChange } from '../../../../../src/policies/recovery/databases/cloudnative-pg/refuse-change.ts';
import { concludePromotion } from '../../../../../src/policies/recovery/databases/conclude-promotion.ts';
import {
  coversLoss,
  describeLoss,
  refuseLoss,
  type Loss,
} from '../../../../../src/policies/recovery/databases/predict-loss.ts';
import { formatDuration } from '../../../../../src/specs/kernel/duration.ts';
import type { FailoverSpec } from '../../../../../src/specs/recovery/failover.ts';
import { awaitApproval } from '../../../../kernel/await-approval.ts';
import type { Ending } from '../../../../kernel/ending.ts';
import { takeStep } from '../../../../kernel/steps.ts';
import { isRetried } from '../../carry-on.ts';
import type { DatabaseRun } from '../database-run.ts';
import { refusal } from '../examine-nodes.ts';

import { obtainPermit } from '../obtain-permit.ts';
import { askForPrimary } from './ask-for-primary.ts';
import { awaitCluster } from './await-cluster.ts';
import { clusterOf } from './cluster-acts.ts';
import { completeChange } from './complete-change.ts';
import { concludeUnsettled } from './conclude-unsettled.ts';
import { examineCluster } from './examine-cluster.ts';

/** A failover of the operator that takes longer is a person's to look at. */
const usuallyDoneMs = 300_000;

type Seen = PostgresClusterFacts & { currentPrimary: string };

/** The operator fails over by itself; where it does not, it is asked for an instance, and what is lost is accepted. */
export async function failOverCluster(
  run: DatabaseRun<FailoverSpec>,
  spec: FailoverSpec,
): Promise<Ending> {
  const facts = judge(await examineCluster(run), spec);
  const { currentPrimary: from } = facts;
  run.found.from = from;
  const meaning = meaningOfPhase(facts.phase);
  if (meaning.is === 'blocked') {
    run.note(
      `The Cluster is ${describePhase(facts)}, which does not end by itself: ${meaning.hint}`,
    );
  }
  if (spec.dryRun) return { outcome: 'Planned', reason: `${plan(facts, spec)}; nothing was done` };
  await obtainPermit(run);
  run.open();
  run.stamp('downSinceMs');
  const changed = await awaitOperator(run, facts);
  if (changed === 'given-up') return concludeUnsettled(run);
  if (changed !== undefined) return concludeItsOwn(run, spec, changed);

  // A person may take their time, and what they have approved is the loss of that instance then.
  let now = await lookOnceMore(run, spec, from);
  for (let accepted: Loss | undefined; now.by === 'us';) {
    const loss = predictClusterLoss(now.to, now.facts);
    if (accepted !== undefined && coversLoss(accepted, loss)) break;
    await acceptLoss(run, now.to, loss);
    accepted = loss;
    now = await lookOnceMore(run, { ...spec, to: now.to }, from);
  }
  if (now.by === 'itself') return concludeItsOwn(run, spec, now.facts);
  const { to } = now;
  const settled = await askForPrimary(run, { from, to, facts: now.facts, change: 'failover' });
  if (settled === undefined) return concludeUnsettled(run);
  return conclude(run, settled, { to });
}

/** What was weighed, and perhaps approved, was of another change. */
async function concludeItsOwn(
  run: DatabaseRun<FailoverSpec>,
  { to }: FailoverSpec,
  facts: PostgresClusterFacts,
): Promise<Ending> {
  delete run.found.loss;
  run.note(
    'The operator failed over by itself: nobody can say what was lost. Commits that no standby had received are gone, unless they waited for one (spec.postgresql.synchronous)',
  );
  return conclude(run, facts, to === undefined ? {} : { to });
}

async function conclude(
  run: DatabaseRun<FailoverSpec>,
  facts: PostgresClusterFacts,
  wanted: { to?: string },
): Promise<Ending> {
  await CancellationScope.nonCancellable(() => completeChange(run, facts, wanted));
  return concludePromotion('FailedOver', run.found, run.missing);
}

/** Fails with every reason against a failover. One that is under way is no reason: it is waited for. */
function judge(facts: PostgresClusterFacts, { from, to, evenIfUp }: FailoverSpec): Seen {
  const { currentPrimary } = facts;
  const progress = judgeProgress(facts);
  const chosen = progress.is === 'settled' ? chooseInstance(facts, 'failover', to) : undefined;
  const reasons = [
    ...(currentPrimary === undefined ? ['it has had no primary yet: see its phase'] : []),
    ...(from !== undefined && from !== currentPrimary
      ? [`${from} is not the primary: ${currentPrimary ?? 'nobody'} is`]
      : []),
    ...(evenIfUp
      ? [
          'evenIfUp is for a primary that nobody is in charge of: the operator shuts one that is up down cleanly by a switchover',
        ]
      : []),
    ...refuseChange(facts, 'failover'),
    ...(chosen?.ok === false ? chosen.reasons : []),
  ];
  if (progress.is === 'blocked' && reasons.length === 0) reasons.push(progress.why);
  if (currentPrimary === undefined || reasons.length > 0) throw refusal(reasons.join('; '));
  return { ...facts, currentPrimary };
}

function plan(facts: PostgresClusterFacts, { to }: FailoverSpec): string {
  const progress = judgeProgress(facts);
  if (progress.is !== 'settled')
    return `the operator's own failover would be awaited: ${progress.why}`;
  const chosen = chooseInstance(facts, 'failover', to);
  const asked = chosen.ok ? chosen.to : 'an instance';
  return `the operator would be given time to fail over by itself, and then be asked to make ${asked} the primary`;
}

/** What it did by itself; undefined: it does not begin. One that it has begun is never overtaken. */
async function awaitOperator(
  run: DatabaseRun<FailoverSpec>,
  facts: Seen,
): Promise<PostgresClusterFacts | 'given-up' | undefined> {
  const { currentPrimary: from, failoverDelayMs } = facts;
  const name = 'see whether the operator fails over by itself';
  const beginsWithinMs = run.plan.confirmForMs + failoverDelayMs;
  for (let known: PostgresClusterFacts = facts; ;) {
    const { seen, why } = await takeStep(run, name, async ({ prove }) => {
      const hasBegun = (each: PostgresClusterFacts) =>
        judgeProgress(each).is !== 'settled' || each.currentPrimary !== from;
      const begun = await awaitCluster(run, known, {
        isReached: hasBegun,
        withinMs: beginsWithinMs,
      });
      const seen = await awaitCluster(run, begun, {
        isReached: (each) => judgeProgress(each).is !== 'changing',
        withinMs: hasBegun(begun) ? usuallyDoneMs : 0,
      });
      prove({ what: 'Cluster', source: clusterOf(run.plan).called, value: describeCluster(seen) });
      const progress = judgeProgress(seen);
      if (progress.is === 'settled') return { seen };
      const waited = formatDuration(usuallyDoneMs);
      return {
        seen,
        why: progress.is === 'blocked' ? progress.why : `${progress.why}, ${waited} later`,
      };
    });
    known = seen;
    if (why === undefined) {
      run.stamp('confirmedAtMs');
      return seen.currentPrimary === from ? undefined : seen;
    }
    if (!(await isRetried(run, name, why))) return 'given-up';
  }
}

type SeenOnceMore =
  | { by: 'itself'; facts: PostgresClusterFacts }
  | { by: 'us'; to: string; facts: PostgresClusterFacts };

/** Fails where the primary is ready again, or a change has begun that is not over. */
async function lookOnceMore(
  run: DatabaseRun<FailoverSpec>,
  spec: FailoverSpec,
  from: string,
): Promise<SeenOnceMore> {
  const facts = await examineCluster(run, 'ask the operator once more');
  const progress = judgeProgress(facts);
  if (progress.is === 'settled' && progress.primary !== from) return { by: 'itself', facts };
  if (progress.is !== 'settled') {
    throw refusal(
      `the operator has begun to fail over by itself: ${progress.why}. Nothing was asked`,
    );
  }
  const chosen = chooseInstance(facts, 'failover', spec.to);
  const reasons = [...refuseChange(facts, 'failover'), ...(chosen.ok ? [] : chosen.reasons)];
  if (!chosen.ok || reasons.length > 0) throw refusal(reasons.join('; '));
  return { by: 'us', to: chosen.to, facts };
}

async function acceptLoss(run: DatabaseRun<FailoverSpec>, to: string, loss: Loss): Promise<void> {
  await takeStep(run, 'weigh the loss', async ({ prove }) => {
    run.found.loss = loss;
    const why = refuseLoss(loss, run.plan.maxLoss);
    prove({ what: 'would be lost', source: loss.from, value: describeLoss(loss) });
    if (why === undefined) return;
    const what = { awaited: `of making ${to} the primary: ${why}`, missed: why };
    const by = await awaitApproval(run, { what, by: run.plan.approvers });
    run.note(`${by} accepted the loss: ${why}`);
  });
}
