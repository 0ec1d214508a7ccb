import { CancellationScope, sleep } from '@temporalio/workflow';
import { measureObjectives } from '../../../../src/policies/recovery/regions/measure-objectives.ts';
import type { MoveBy } from '../../../../src/policies/recovery/regions/place-database.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { askProbes } from './ask-witnesses.ts';
import { carryOn } from '../carry-on.ts';
import { refusal } from '../databases/examine-nodes.ts';
import { isMoved, leadNames } from './lead-names.ts';
import { moveDatabases } from './move-databases.ts';
import type { RegionRun } from './region-run.ts';
import { awaitServices } from './await-services.ts';
import { leaveServices, scaleDown } from './scale-services.ts';

/** From the first database that has moved on there is no way back: the rest is carried on until it is done. */
export async function completeMove<Spec>(run: RegionRun<Spec>, by: MoveBy): Promise<void> {
  run.beginMove();
  await CancellationScope.nonCancellable(async () => {
    await moveDatabases(run, by);
    run.commit();
    const isServing = await awaitServices(run);
    await leadNames(run);
    await awaitResolvers(run);
    // Whoever leads clients back by hand needs the services that are left.
    if (await soak(run)) {
      if (isServing && isMoved(run)) await scaleDown(run);
      else leaveServices(run);
    }
    await measure(run, isServing);
  });
}

/** Until then resolvers may give clients the address in the former region. */
async function awaitResolvers<Spec>(run: RegionRun<Spec>): Promise<void> {
  const leftMs = run.namesKeptUntilMs - Date.now();
  if (leftMs <= 0) return;
  await takeStep(run, 'wait until no resolver has the former address', async ({ prove }) => {
    prove({ what: 'kept for', source: 'time to live', value: formatDuration(leftMs) });
    await sleep(leftMs);
  });
}

/** Whether nothing was found that does not serve. */
async function soak<Spec>(run: RegionRun<Spec>): Promise<boolean> {
  const { forMs, everyMs, probes } = run.move.plan.soak;
  if (probes.length === 0) return true;
  const soaked = await carryOn(run, `soak for ${formatDuration(forMs)}`, async ({ prove }) => {
    const endsAtMs = Date.now() + forMs;
    for (;;) {
      const views = await askProbes(run, probes);
      const failed = views.filter(({ reaches }) => reaches !== true);
      const shown = failed.length > 0 ? failed : views;
      const value = shown.map(({ witness, detail }) => `${witness}: ${detail}`).join('; ');
      prove({ what: failed.length > 0 ? 'failed' : 'passed', source: 'probes', value });
      if (failed.length > 0) throw refusal(value);
      if (Date.now() >= endsAtMs) return true;
      await sleep(Math.min(everyMs, Math.max(1, endsAtMs - Date.now())));
    }
  });
  if (soaked) run.stamp('soakedAtMs');
  return soaked === true;
}

async function measure<Spec>(run: RegionRun<Spec>, isServing: boolean): Promise<void> {
  const { objectives, databases: wanted } = run.move.plan;
  await takeStep(run, 'measure', ({ prove }) => {
    const { times, databases } = run.found;
    const measured = { times, databases, planned: wanted.length, isServing, objectives };
    run.found.objectives = measureObjectives(measured);
    for (const { name, objectiveMs, measuredMs, verdict } of run.found.objectives) {
      const value =
        measuredMs === undefined ? verdict : `${formatDuration(measuredMs)}, ${verdict}`;
      prove({ what: name, source: 'this run', value, threshold: formatDuration(objectiveMs) });
    }
    return Promise.resolve();
  });
}
