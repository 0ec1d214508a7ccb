import { isCancellation, sleep } from '@temporalio/workflow';
import { judgeServing } from '../../../../src/policies/recovery/regions/judge-serving.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import type { RegionService } from '../../../../src/specs/recovery/region-service.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import type { OpenStep } from '../../../kernel/steps.ts';
import { refusal } from '../databases/examine-nodes.ts';
import { carryOnAll } from './carry-on-all.ts';
import type { RegionRun } from './region-run.ts';
import { scaleServiceUp } from './scale-services.ts';
import { createServiceActs, type ServiceActs } from './service-acts.ts';

const betweenMs = 2_000;

/** Names wait for services whose pods are ready. Whether all of them are; what is not, a person gave up. */
export async function awaitServices<Spec>(run: RegionRun<Spec>): Promise<boolean> {
  const { plan, to } = run.move;
  const ready = new Set<RegionService>();
  const items = plan.services.map((service) => ({
    name: `wait until ${service.namespace}/${service.workload} is ready in ${to}`,
    act: async (step: OpenStep) => {
      await scaleServiceUp(run, service, step);
      await untilReady(run, service, step);
      ready.add(service);
    },
  }));
  await carryOnAll(run, items);
  const isServing = ready.size === plan.services.length;
  if (isServing && ready.size > 0) run.stamp('servicesReadyAtMs');
  return isServing;
}

async function untilReady<Spec>(
  run: RegionRun<Spec>,
  service: RegionService,
  { prove }: OpenStep,
): Promise<void> {
  const { replicas, readyWithinMs } = service;
  const acts = createServiceActs(run, service, run.move.to);
  const startedAtMs = Date.now();
  let shown: string | undefined;
  for (;;) {
    const { isReady, why } = await askReady(acts, replicas);
    if (why !== shown) prove({ what: 'ready', source: acts.context, value: why });
    shown = why;
    if (isReady) return;
    const elapsedMs = Date.now() - startedAtMs;
    const leftMs = readyWithinMs - elapsedMs;
    if (leftMs <= 0) throw refusal(`not ready after ${formatDuration(readyWithinMs)}: ${why}`);
    // What is awaited for long is asked less often, so that the history stays small.
    await sleep(Math.min(leftMs, Math.max(betweenMs, elapsedMs / 20)));
  }
}

async function askReady(
  acts: ServiceActs,
  replicas: number,
): Promise<{ isReady: boolean; why: string }> {
  try {
    return judgeServing(await acts.askReady(), replicas);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { isReady: false, why: reasonOf(error) };
  }
}
