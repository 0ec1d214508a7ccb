import { ApplicationFailure } from '@temporalio/workflow';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { Commit, LossOfLog } from '../../../src/contracts/backups/search.ts';
import { assertionsOf } from '../../../src/policies/backups/assertions-of.ts';
import { describeCommit, describeLossOfLog } from '../../../src/render/backups/describe-commit.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { PointInTimeSpec } from '../../../src/specs/backups/point-in-time.ts';
import { awaitApproval } from '../../kernel/await-approval.ts';
import { takeStep } from '../../kernel/steps.ts';
import { tryHook } from './hooks.ts';
import { keepClientsPaused, timeOf, type PausedClients } from './pause-clients.ts';
import type { PlannedSearch } from './plan-point-in-time.ts';
import { proveCopy } from './prove-copy.ts';
import { removeCopy } from './remove-copy.ts';
import { restoreCopy, restoredComponent, type RestorePlan } from './restore-copy.ts';
import { keepReplaced, restoreDatabaseInPlace } from './restore-database-in-place.ts';
import { requirePassed } from './restore-in-place.ts';
import type { PointInTimeRun, SearchedCopy } from './searched-copy.ts';

/** All that was committed from the first bad transaction on, as far as the log is archived. */
export async function weighLoss(copy: SearchedCopy, firstBad: Commit): Promise<LossOfLog> {
  return takeStep(copy.run, 'weigh what would be lost', async ({ prove }) => {
    const loss = await copy.loss(firstBad);
    prove({ what: 'lost', source: copy.plan.repository, value: describeLossOfLog(loss) });
    return loss;
  });
}

/** Beside, to just before the first bad transaction; the check has to hold, and the copy to be sound. */
export async function restoreBefore(
  run: PointInTimeRun,
  { check, plan: { restore: choice }, then }: PointInTimeSpec,
  { planned, firstBad }: { planned: PlannedSearch; firstBad: Commit },
): Promise<{ plan: RestorePlan; folder: string }> {
  const plan: RestorePlan = {
    ...planned.restore,
    target: { kind: 'lsn', lsn: firstBad.lsn, exclusive: true },
  };
  const { store } = plan;
  const { copy, folder, bytes } = await restoreCopy(run, plan);
  const { database, query, expect } = check;
  const asked = assertionsOf(
    store.component.source,
    {
      ...{ sql: [{ name: 'check', database, query, expect }], roles: [] },
      ...{ structure: true, checksums: true, sequences: true },
    },
    { marks: { present: [], absent: [] }, target: plan.target, nowMs: Date.now() },
  );
  const forMs = choice.keepForMs;
  const { results } = await proveCopy(run, { store, copy, asked, forMs });
  requirePassed(results);
  if (then === 'swap') await removeCopy(run, store, copy);
  const { folder: _, ...inPlace } = restoredComponent(plan, { folder, bytes, assertions: results });
  run.found.restored = [then === 'swap' ? inPlace : { ...inPlace, folder }];
  return { plan, folder };
}

interface Losing {
  firstBad: Commit;
  loss: LossOfLog;
  paused: PausedClients | undefined;
}

/** Again where clients have gone on before the approved text says that they do. */
export async function approveLoss(
  run: PointInTimeRun,
  spec: PointInTimeSpec,
  { firstBad, loss, paused }: Losing,
  hadGoneOn = false,
): Promise<void> {
  const { restore } = spec.plan;
  const back = formatDuration(Math.max(0, Date.now() - Date.parse(firstBad.at)));
  const more = describeMore(spec, paused, hadGoneOn);
  const lost = `${describeLossOfLog(loss)}${more}`;
  const by = await awaitApproval(run, {
    what: {
      awaited: `to go back ${back}, to before ${describeCommit(firstBad)}, which loses ${lost};`,
      missed: 'the loss',
    },
    by: restore.approvers,
  });
  run.note(`The loss was approved by ${by}: ${lost}`);
  if (paused === undefined) return;
  const isSaid = Date.now() > paused.untilMs;
  const hasWaited = await keepClientsPaused(run, paused);
  if (!hasWaited && !isSaid) await approveLoss(run, spec, { firstBad, loss, paused }, true);
}

/** What may be lost beyond what is known by now. */
function describeMore(
  { stopWrites }: PointInTimeSpec,
  paused: PausedClients | undefined,
  hadGoneOn: boolean,
): string {
  if (stopWrites === 'readOnly') return '';
  if (paused === undefined) return ', and whatever is committed until then';
  const { router } = paused.pause;
  const before = hadGoneOn
    ? `, and whatever clients of ${router} committed before they were paused again`
    : '';
  const from = timeOf(paused.untilMs);
  return `${before}, and whatever is committed until then by clients that do not go through ${router}, or once its clients go on at ${from}`;
}

interface Taking {
  plan: RestorePlan;
  losing: Losing;
}

/** The folders are swapped; the undo swaps them back until the check was seen to hold there. */
export async function takePlace(
  run: PointInTimeRun,
  spec: PointInTimeSpec,
  { plan, losing }: Taking,
): Promise<void> {
  const { check } = spec;
  const { component } = plan.store;
  const { name, agent } = component;
  const { paused } = losing;
  // What took its place would lose what clients commit there before it was asked, if it were put back.
  const beforeStop = async () => {
    if (paused === undefined || (await keepClientsPaused(run, paused))) return;
    await approveLoss(run, spec, losing, true);
  };
  const choice = { safetyCopy: true, stop: true, beforeStop };
  const replaced = await restoreDatabaseInPlace(run, plan, choice);
  await takeStep(run, `ask ${name} in its place`, async ({ prove }) => {
    const answer = await run.search(component).askCheck(check);
    const seen = answer.kind === 'answer' ? answer.seen : `no answer: ${answer.why}`;
    prove({ what: 'check', source: agent, value: seen, threshold: check.expect });
    if (answer.kind === 'answer' && seen.trim() === check.expect.trim()) return;
    throw ApplicationFailure.nonRetryable(
      `the check does not hold in the place of ${name}: ${seen}`,
      failureTypes.notReady,
    );
  });
  await run.complete(async () => {
    run.note(
      `Standbys of ${name} have what was undone: stop them, and rejoin each with \`belay database rejoin\``,
    );
    await applyCredentials(run, name, losing.firstBad);
    await keepReplaced(run, replaced === undefined ? [] : [replaced]);
  });
}

/** A password that was changed since, perhaps because it had leaked, is the former one again. */
async function applyCredentials(run: PointInTimeRun, name: string, { at }: Commit): Promise<void> {
  const { credentials } = run.plan.restore;
  if (credentials === undefined) {
    run.note(
      `roles of ${name} have the passwords that they had at ${at}: set again those that were changed since`,
    );
    return;
  }
  const tried = await tryHook(run, 'credentials', credentials);
  if (!tried.ok) run.missing.push(`set today's passwords of ${name}: ${tried.reason}`);
}
