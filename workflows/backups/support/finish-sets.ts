import type { SetOutcome } from '../../../src/contracts/backups/details.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { factsOfSet } from '../../../src/policies/backups/set-facts.ts';
import { describeCheck } from '../../../src/render/backups/describe-set.ts';
import type { BackupSpec } from '../../../src/specs/backups/backup.ts';
import type { BackupsRun } from './backups-run.ts';
import { recordFacts } from './catalogue-acts.ts';
import { replicateSet } from './replicate-part.ts';
import { tryStep } from './try-step.ts';

type BackupRun = BackupsRun<BackupSpec>;

/** Reads back what was made, where the plan asks for it. Damage is a result, not an error. */
export async function verifySets(run: BackupRun): Promise<void> {
  const { verify } = run.plan;
  if (verify === undefined) return;
  for (const { outcome, component } of madeBy(run)) {
    const { repository, set } = outcome;
    const tried = await tryStep(run, `verify ${component.name} in ${repository}`, async (step) => {
      const check = await run.store(component).checkSet(repository, set.label, verify.extent);
      const threshold = 'sound';
      step.prove({ what: set.label, source: repository, value: describeCheck(check), threshold });
      return check;
    });
    if (tried.ok) outcome.check = tried.value;
    else outcome.doubts.push(`it was not verified: ${tried.reason}`);
  }
}

export async function recordSets(run: BackupRun): Promise<void> {
  const facts = madeBy(run).flatMap(({ outcome, component }) =>
    factsOfSet({ plan: run.plan, component }, outcome, run.id),
  );
  await recordFacts(facts, run.note);
}

/** Copies what was made to the second repository of its component. */
export async function replicateSets(run: BackupRun): Promise<void> {
  for (const { outcome, component } of madeBy(run)) {
    const to = run.plan.replicateTo[component.name];
    if (to === undefined || outcome.repository !== component.repositories[0]) continue;
    const why = await replicateSet(run, component, outcome.set, to);
    if (why === undefined) outcome.replicatedTo = to;
    else outcome.doubts.push(`it was not replicated to ${to}: ${why}`);
  }
}

type Made = SetOutcome & { set: NonNullable<SetOutcome['set']> };

function madeBy(run: BackupRun): { outcome: Made; component: Component }[] {
  const { sets = [] } = run.found;
  return sets.flatMap((outcome) => {
    const component = run.plan.components.find(({ name }) => name === outcome.component);
    if (component === undefined || outcome.set === undefined) return [];
    return [{ outcome: outcome as Made, component }];
  });
}
