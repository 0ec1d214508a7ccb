import { shortLabel } from '../../../src/render/backups/short-label.ts';
import { judgeNewest } from '../../../src/policies/backups/judge-newest.ts';
import type { JudgedRepository, JudgedSet } from '../../../src/policies/backups/judge-sets.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { factOfCheck, factsOf } from '../../../src/policies/backups/set-facts.ts';
import {
  noTroubles,
  type VerificationTroubles,
} from '../../../src/policies/backups/conclude-verification.ts';
import { describeCheck } from '../../../src/render/backups/describe-set.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { BackupVerificationSpec } from '../../../src/specs/backups/verification.ts';
import type { BackupsRun } from './backups-run.ts';
import { judgeRepositories } from './judge-repositories.ts';
import { tryStep } from './try-step.ts';

type VerificationRun = BackupsRun<BackupVerificationSpec>;

/** Reads back the sets of one component, and returns what is wrong beyond their damage. */
export async function checkPart(
  run: VerificationRun,
  { component, repositories }: Part,
  { sets: which, maxAgeMs }: BackupVerificationSpec,
): Promise<VerificationTroubles> {
  const store = run.store(component);
  const known = await judgeRepositories(run, store, repositories);
  const troubles = noTroubles();
  troubles.unreadable.push(...known.unread.map(({ why }) => why));
  for (const { repository, problems } of known.contents) {
    troubles.remarks.push(...problems.map((problem) => `${repository}: ${problem}`));
  }
  for (const judged of known.judged) {
    const newest = judgeNewest(judged, { which, maxAgeMs, nowMs: Date.now() });
    troubles.unusable.push(...newest.unusable);
    troubles.outdated.push(...newest.outdated);
    for (const one of newest.chosen) await checkOne(run, { component, repositories }, judged, one);
  }
  return troubles;
}

async function checkOne(
  run: VerificationRun,
  { component }: Part,
  { repository }: JudgedRepository,
  { set }: JudgedSet,
): Promise<void> {
  const { extent } = run.spec ?? { extent: { kind: 'all' } as const };
  const { label } = set;
  const ageMs = Date.now() - set.stoppedAtMs;
  const about = { component: component.name, repository, label, ageMs };
  const tried = await tryStep(
    run,
    `verify ${shortLabel(label)} of ${repository}`,
    async ({ prove }) => {
      const check = await run.store(component).checkSet(repository, label, extent);
      const value = `${describeCheck(check)}, ${formatDuration(ageMs)} old`;
      prove({ what: label, source: repository, value, threshold: 'sound' });
      return check;
    },
  );
  run.found.checks ??= [];
  run.found.checks.push(
    tried.ok ? { ...about, check: tried.value } : { ...about, failure: tried.reason },
  );
  if (!tried.ok) return;
  run.facts.add(
    factsOf({ plan: run.plan, component, set }, run.id, factOfCheck(tried.value, run.id)),
  );
}
