import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { countActions } from '../measures/count-actions.ts';
import { inParallel } from '../measures/in-parallel.ts';
import { readOpenWatch } from '../measures/open-watch.ts';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { actionsBetween, heartbeatsIn, readServerActions } from '../measures/server-actions.ts';
import { until } from '../measures/until.ts';
import { progress, seconds } from '../report/tell.ts';
import type { MeasuredSystem } from '../system/measured-system.ts';
import { withoutJanitor } from '../system/without-janitor.ts';
import { firstRelease, inProcess, serviceNamed, startCanary } from '../system/services.ts';
import { promoteStage, type StepLatency } from './promote-stage.ts';
import { readSystemMemory, type SystemMemory } from './system-memory.ts';

export interface RolloutsPlan {
  count: number;
  /** Rollouts that are started, promoted or ended at the same time. */
  concurrency: number;
  /** Rollouts that are also promoted one at a time. */
  oneAtATime: number;
  /** How long all holds stay open before memory counts as settled and heartbeats are counted. */
  settleMs: number;
}

export interface RolloutsFigures {
  rollouts: number;
  concurrency: number;
  memory: { idle: SystemMemory; held: SystemMemory; settled: SystemMemory; ended: SystemMemory };
  /** From the first start until a worker watched every hold. */
  allHeldMs: number;
  stepsTogether: StepFigures;
  stepsOneAtATime: StepFigures;
  /** From the first promoteFull until every rollout had ended. */
  allEndedMs: number;
  promoted: number;
  /** Of a whole rollout: the largest number. */
  historyEvents: number;
  actionsInHistory: number;
  /** Of one rollout during a hold, as the server counted them. */
  heartbeatsPerMinute: number;
}

export type StepFigures = Record<keyof StepLatency, Quantiles>;

/** Longer than any benchmark: rollouts only continue when they are promoted. */
const hold = '6h';
const stages = [5, 20, 50].map((weight) => ({ weight, hold }));

/** Opens this many rollouts, promotes all of them by one stage together, then some one by one, and ends them. */
export async function measureRollouts(
  system: MeasuredSystem,
  { count, concurrency, oneAtATime, settleMs }: RolloutsPlan,
): Promise<RolloutsFigures> {
  const { client } = system;
  const together = <T, R>(items: readonly T[], act: (item: T) => Promise<R>) =>
    inParallel(items, concurrency, act);

  const services = Array.from({ length: count }, (_, index) => serviceNamed(`shop-${index + 1}`));
  await withoutJanitor(system, () =>
    together(services, (ref) => firstRelease(system, ref, inProcess('v1'))),
  );
  const idle = await readSystemMemory(system);

  progress(`opening ${count} rollouts`);
  const openedAtMs = Date.now();
  const ids = await together(services, (ref) =>
    startCanary(system, ref, { release: inProcess('v2'), stages }),
  );
  const watchedAtMs = await together(ids, async (id) => {
    const handle = client.workflow.getHandle(id);
    const watch = await until(`${id} is watched`, () => readOpenWatch(handle));
    return watch.startedAtMs;
  });
  const allHeldMs = Math.max(...watchedAtMs) - openedAtMs;
  const held = await readSystemMemory(system);

  progress(`all held after ${seconds(allHeldMs)} s, ${shown(held)}; letting them settle`);
  const heartbeats = await withoutJanitor(system, () => countHeartbeats(system, settleMs));
  const settled = await readSystemMemory(system);

  progress(`settled, ${shown(settled)}; promoting all, ${concurrency} at a time`);
  const stepsTogether = await together(ids, (id) =>
    promoteStage(client, id, { weight: 5, nth: 1 }),
  );
  progress(`promoting ${Math.min(oneAtATime, count)}, one at a time`);
  const stepsOneAtATime = await inParallel(ids.slice(0, oneAtATime), 1, (id) =>
    promoteStage(client, id, { weight: 20, nth: 2 }),
  );

  progress('promoting all in full');
  const endingAtMs = Date.now();
  const ends = await together(ids, async (id) => {
    const handle = client.workflow.getHandle(id);
    await handle.executeUpdate('promoteFull', { args: [{ by: 'bench' }] });
    const { outcome } = (await handle.result()) as RolloutReport;
    return { outcome, handle };
  });
  const allEndedMs = Date.now() - endingAtMs;
  const histories = await together(ends, ({ handle }) => handle.fetchHistory());
  return {
    rollouts: count,
    concurrency,
    memory: { idle, held, settled, ended: await readSystemMemory(system) },
    allHeldMs,
    stepsTogether: figuresOf(stepsTogether),
    stepsOneAtATime: figuresOf(stepsOneAtATime),
    allEndedMs,
    promoted: ends.filter(({ outcome }) => outcome === 'FastPromoted').length,
    historyEvents: Math.max(...histories.map(({ events }) => events?.length ?? 0)),
    actionsInHistory: Math.max(...histories.map((history) => countActions(history).total)),
    heartbeatsPerMinute: heartbeats / count,
  };
}

/** All rollouts' heartbeats a minute. */
async function countHeartbeats(system: MeasuredSystem, settleMs: number): Promise<number> {
  const { namespace } = system.client.options;
  const url = await system.metricsUrl();
  const before = await readServerActions(url, namespace);
  const sinceMs = performance.now();
  await sleep(settleMs);
  const counted = heartbeatsIn(actionsBetween(before, await readServerActions(url, namespace)));
  return counted / ((performance.now() - sinceMs) / 60_000);
}

function shown({ worker, server, platform }: SystemMemory): string {
  return `worker ${worker.rssMb} MB, server ${server.rssMb} MB, platform ${platform.rssMb} MB`;
}

function figuresOf(latencies: StepLatency[]): StepFigures {
  return {
    answeredMs: quantilesOf(latencies.map(({ answeredMs }) => answeredMs)),
    routedMs: quantilesOf(latencies.map(({ routedMs }) => routedMs)),
    heldMs: quantilesOf(latencies.map(({ heldMs }) => heldMs)),
  };
}
