import { isCancellation } from '@temporalio/workflow';
import { regionKinds } from '../../../../src/kinds/regions.ts';
import type { SeenService } from '../../../../src/policies/recovery/regions/refuse-move.ts';
import type { RegionService } from '../../../../src/specs/recovery/region-service.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import type { RegionRun } from './region-run.ts';
import { createServiceActs, replicasIn } from './service-acts.ts';

/** Whether each could be scaled as the plan says, now. A region that is lost is not asked. */
export async function examineServices<Spec>(run: RegionRun<Spec>): Promise<SeenService[]> {
  const { plan, from, to } = run.move;
  const isLost = run.kind.kind === regionKinds.regionFailover.kind;
  const asked = plan.services.flatMap((service) => {
    const { replicas, standby } = service;
    const leads = examineService(run, service, { region: to, replicas });
    if (isLost || standby === undefined) return [leads];
    return [leads, examineService(run, service, { region: from, replicas: standby })];
  });
  return Promise.all(asked);
}

async function examineService<Spec>(
  run: RegionRun<Spec>,
  service: RegionService,
  { region, replicas }: { region: string; replicas: number },
): Promise<SeenService> {
  const acts = createServiceActs(run, service, region);
  const about = { service: acts.service, region };
  try {
    const [scaling, readiness] = await Promise.all([acts.check(replicas), acts.checkReady()]);
    const problems = [...new Set([...scaling.problems, ...readiness.problems])];
    if (problems.length > 0) return { ...about, problems };
    return { ...about, problems, replicas: replicasIn(scaling.before) };
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { ...about, problems: [reasonOf(error)] };
  }
}
