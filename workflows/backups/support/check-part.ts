import { shortLabel } from '../../../src/render/backups/short-label.ts';
import { judgeNewest } from '../../../src/policies/backups/judge-newest.ts';
import type { JudgedRepository, JudgedSet } from '../../../src/policies/backups/judge-sets.ts';
import type { Part } from '../../../src/policies/backups/select-parts.ts';
import { factOfCheck } from '../../../src/policies/backups/set-facts.ts';
import { describeCheck } from '../../../src/render/backups/describe-set.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { BackupVerificationSpec } from '../../../src/specs/backups/verification.ts';
import type { BackupsRun } from './backups-run.ts';
import { recordFacts } from './catalogue-acts.ts';
import { compareContents } from './compare-catalogue.ts';
import { judgeRepositories } from './judge-repositories.ts';
import { tryStep } from './try-step.ts';

type VerificationRun = BackupsRun<BackupVerificationSpec>;

/** Reads back the sets of one component, and returns what is wrong beyond damage. */
export async function checkPart(
  run: VerificationRun,
  { component, repositories }: Part,
  { sets: which, maxAgeMs }: BackupVerificationSpec,
): Promise<string[]> {
  const store = run.store(component);
  const known = await judgeRepositories(run, store, repositories);
  for (const contents of known.contents) await compareContents(run, component, contents);
  const problems = known.unread.map(({ why }) => why);
  for (const judged of known.judged) {
    const newest = judgeNewest(judged, { which, maxAgeMs, nowMs: Date.now() });
    problems.push(...newest.problems);
    for (const one of newest.chosen) await checkOne(run, { component, repositories }, judged, one);
  }
  return problems;
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
  const fact = { plan: run.plan, component, repository, label };
  await recordFacts([factOfCheck(fact, tried.value, run.id)], run.note);
}
