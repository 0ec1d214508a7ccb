import type { SetOutcome } from '../../../src/contracts/backups/details.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import { factsOfSet, named } from '../../../src/policies/backups/set-facts.ts';
import { describeCheck, describeSet } from '../../../src/render/backups/describe-set.ts';
import type { BackupSpec } from '../../../src/specs/backups/backup.ts';
import type { BackupsRun } from './backups-run.ts';
import { recordFacts } from './catalogue-acts.ts';
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
    const { repository, set } = outcome;
    if (to === undefined || repository !== component.repositories[0]) continue;
    const tried = await tryStep(run, `replicate ${component.name} to ${to}`, async ({ prove }) => {
      const copied = await run.store(component).copySet(repository, set.label, to);
      prove({ what: describeSet(copied.set), source: to, value: copied.equal });
      return copied;
    });
    if (!tried.ok) {
      outcome.doubts.push(`it was not replicated to ${to}: ${tried.reason}`);
      continue;
    }
    outcome.replicatedTo = to;
    const about = { plan: run.plan, component, repository, label: set.label };
    const { set: copy, equal } = tried.value;
    const replicated = {
      ...{ repository: to, label: copy.label, equal },
      ...{ atMs: Date.now(), runRef: run.id },
    };
    await recordFacts([{ ...named(about), kind: 'replicated', replicated }], run.note);
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
