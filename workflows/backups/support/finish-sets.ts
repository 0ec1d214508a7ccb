import type { SetOutcome } from '../../../src/contracts/backups/details.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { factOfCheck, factsOf } from '../../../src/policies/backups/set-facts.ts';
import { describeCheck } from '../../../src/render/backups/describe-set.ts';
import type { BackupSpec } from '../../../src/specs/backups/backup.ts';
import type { BackupsRun } from './backups-run.ts';
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
    if (tried.ok) {
      outcome.check = tried.value;
      const fact = factOfCheck(tried.value, run.id);
      run.facts.add(factsOf({ plan: run.plan, component, set }, run.id, fact));
    } else outcome.doubts.push(`it was not verified: ${tried.reason}`);
  }
}

/** Copies what was made to the second repository of its component, unless it was found damaged. */
export async function replicateSets(run: BackupRun): Promise<void> {
  for (const { outcome, component } of madeBy(run)) {
    const to = run.plan.replicateTo[component.name];
    if (to === undefined || outcome.repository !== component.repositories[0]) continue;
    if ((outcome.check?.damage.length ?? 0) > 0) {
      outcome.doubts.push(`it was not replicated to ${to}, as it is damaged`);
      continue;
    }
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
