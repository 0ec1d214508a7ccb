import { isCancellation } from '@temporalio/workflow';
import type { PartCheck } from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { RegionService } from '../../../../src/specs/recovery/region-service.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { together } from '../together.ts';
import { tryStep } from '../try-step.ts';
import { refusal } from '../databases/examine-nodes.ts';
import type { RegionRun } from './region-run.ts';
import { createServiceActs, replicasIn, type ServiceActs } from './service-acts.ts';

/**
 * Before databases move, so that pods start meanwhile. No database waits for a service that could not
 * be scaled: names do, and it is tried again before they are led.
 */
export async function scaleUp<Spec>(run: RegionRun<Spec>): Promise<void> {
  const { plan, to } = run.move;
  await together(
    plan.services.map((service) => {
      const acts = createServiceActs(run, service, to);
      const step = { name: `scale ${acts.service} up in ${to}`, source: acts.context };
      return tryStep(run, step, (open) => scaleServiceUp(run, service, open));
    }),
  );
}

/** Never down: where more are running, somebody may have had a reason. */
export async function scaleServiceUp<Spec>(
  run: RegionRun<Spec>,
  service: RegionService,
  { prove }: OpenStep,
): Promise<void> {
  const { to } = run.move;
  const { replicas } = service;
  const acts = createServiceActs(run, service, to);
  const checked = await acts.check(replicas);
  const before = presentIn(checked);
  const scaled = { region: to, before };
  remember(run, acts.service, { ...scaled, replicas: before });
  let value = `${before} already`;
  if (before < replicas) {
    const now = await acts.scale(replicas, checked.before, { atLeast: true });
    remember(run, acts.service, { ...scaled, replicas: now });
    value = `${before} -> ${now}`;
  }
  prove({ what: 'replicas', source: acts.context, value });
}

/** Once everything serves in the other region. One that does not answer is left as it is, as a region that is lost. */
export async function scaleDown<Spec>(run: RegionRun<Spec>): Promise<void> {
  const { plan, from } = run.move;
  await Promise.all(
    plan.services.map(async (service) => {
      const { standby } = service;
      if (standby === undefined) return;
      const acts = createServiceActs(run, service, from);
      const checked = await askFormer(run, acts, standby);
      if (checked === undefined) return;
      const name = `scale ${acts.service} down in ${from}`;
      const why = await tryStep(run, { name, source: acts.context }, async ({ prove }) => {
        const before = presentIn(checked);
        const scaled = { region: from, before };
        remember(run, acts.service, { ...scaled, replicas: before });
        let value = `${before} already`;
        if (before > standby) {
          const now = await acts.scale(standby, checked.before);
          remember(run, acts.service, { ...scaled, replicas: now });
          value = `${before} -> ${now}`;
        }
        prove({ what: 'replicas', source: acts.context, value });
      });
      if (why !== undefined) run.missing.push(`${name}: ${why}`);
    }),
  );
}

/** Where the move is not whole: clients may still be led to what is left. */
export function leaveServices<Spec>(run: RegionRun<Spec>): void {
  const { plan, from, to } = run.move;
  for (const { namespace, workload, standby } of plan.services) {
    if (standby === undefined) continue;
    const service = `${namespace}/${workload}`;
    run.note(`${service} in ${from} is left as it is: not everything serves in ${to}`);
  }
}

async function askFormer<Spec>(
  run: RegionRun<Spec>,
  acts: ServiceActs,
  standby: number,
): Promise<PartCheck | undefined> {
  try {
    return await acts.check(standby);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const why = reasonOf(error);
    run.note(`${acts.service} in ${run.move.from} is left as it is: ${why}`);
    return undefined;
  }
}

function presentIn({ problems, before }: PartCheck): number {
  if (problems.length > 0) throw refusal(problems.join('; '));
  return replicasIn(before);
}

/** Before each act: what it was before the first attempt stays what it was, also where that was not answered. */
function remember<Spec>(
  run: RegionRun<Spec>,
  service: string,
  scaled: { region: string; before: number; replicas: number },
): void {
  const known = run.found.services.find(
    (each) => each.service === service && each.region === scaled.region,
  );
  if (known === undefined) run.found.services.push({ service, ...scaled });
  else known.replicas = scaled.replicas;
}
