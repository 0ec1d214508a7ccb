import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { backupKinds } from '../../src/kinds/backups.ts';
import { concludeWithMissing } from '../../src/policies/backups/conclude-with-missing.ts';
import { selectParts } from '../../src/policies/backups/select-parts.ts';
import { describeCommit } from '../../src/render/backups/describe-commit.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import type { PointInTimeSpec } from '../../src/specs/backups/point-in-time.ts';
import type { Ending } from '../kernel/ending.ts';
import { approveLoss, restoreBefore, takePlace, weighLoss } from './support/bring-back.ts';
import { exportSince } from './support/export-since.ts';
import { findLastGood } from './support/find-last-good.ts';
import { endHold, endLog, holdWrites } from './support/hold-writes.ts';
import { obtainPermit } from './support/obtain-permit.ts';
import { pauseClients, resumeClients, type PausedClients } from './support/pause-clients.ts';
import { planPointInTime, type PlannedSearch } from './support/plan-point-in-time.ts';
import { runBackups } from './support/run-backups.ts';
import { SearchedCopy, type PointInTimeRun } from './support/searched-copy.ts';

/** Finds the last moment at which a database was good, and brings that back, beside or in its place. */
export async function pointInTimeRecovery(
  input: unknown,
  request?: StartRequest,
): Promise<RunReport> {
  const planOf = ({ plan }: PointInTimeSpec) => plan;
  const start = { kind: backupKinds.pointInTimeRecovery, planOf, input, request };
  return runBackups(start, async (run, spec) => {
    const [part] = selectParts(spec.plan.components, {});
    if (part === undefined) throw new Error('the spec has one component');
    const { component } = part;
    const { restore } = await planPointInTime(run, spec, part);
    if (spec.dryRun) {
      return { outcome: 'Planned', reason: `${restore.label} would be searched from its end on` };
    }
    const changes = spec.then === 'swap' || spec.stopWrites !== 'none';
    await obtainPermit(run, [part], { databases: changes, also: [spec.database] });
    // What was there while others had the repositories may be gone.
    const planned = await planPointInTime(run, spec, part);
    run.open();

    const hold = spec.stopWrites === 'readOnly' ? await holdWrites(run, component) : undefined;
    const { pause } = spec;
    const paused = pause && (await pauseClients(run, pause));
    const ending = await bringBack(run, spec, { ...planned, paused });
    if (hold !== undefined) await endHold(run, { component, hold }, ending);
    if (paused) await resumeClients(run, paused);
    return concludeWithMissing(ending, run.missing);
  });
}

async function bringBack(
  run: PointInTimeRun,
  spec: PointInTimeSpec,
  { paused, ...planned }: PlannedSearch & { paused: PausedClients | undefined },
): Promise<Ending> {
  const { component } = planned.restore.store;
  if (planned.isUp) await endLog(run, planned);
  else run.note(`${component.name} does not run: what it did not archive is not searched`);
  const startedAtMs = Date.now();
  const copy = await SearchedCopy.open(run, spec, planned.restore);
  const found = await findLastGood(copy);
  const { repository, label } = planned.restore;
  const { commits, touching, last } = copy.history;
  run.found.search = {
    ...{ repository, label, commits, probes: copy.probes, copies: copy.copies },
    ...(touching && { touching: touching.commits }),
    tookMs: Date.now() - startedAtMs,
    ...(found.kind === 'found' && { firstBad: found.firstBad }),
    ...(found.kind === 'found' && found.lastGood && { lastGood: found.lastGood }),
  };
  if (found.kind !== 'found') {
    await copy.remove();
    if (found.kind === 'nothing-wrong') {
      const until = last === undefined ? 'the end of the set' : describeCommit(last);
      const reason = `the check holds at the end of the log that was searched: ${until}`;
      return { outcome: 'NothingWrong', reason };
    }
    const reason = `the check does not hold at the end of ${label} already: name an earlier set, or a time at which all was well (goodAt)`;
    return { outcome: 'WrongFromTheBeginning', reason };
  }
  const loss = await weighLoss(copy, found.firstBad);
  run.found.search = { ...run.found.search, loss };
  await copy.remove();
  const before = await restoreBefore(run, spec, { planned, firstBad: found.firstBad });
  const bad = describeCommit(found.firstBad);
  if (spec.then === 'beside') {
    await exportSince(run, spec, { component, loss });
    const keep = formatDuration(spec.plan.restore.keepForMs);
    const where = `${before.folder} on ${component.agent}, kept for ${keep}`;
    return { outcome: 'Restored', reason: `just before ${bad}: ${where}` };
  }
  const losing = { firstBad: found.firstBad, loss, paused };
  await approveLoss(run, spec, losing);
  await exportSince(run, spec, { component, loss });
  await takePlace(run, spec, { plan: before.plan, losing });
  return { outcome: 'Recovered', reason: `${component.name} is as it was just before ${bad}` };
}
