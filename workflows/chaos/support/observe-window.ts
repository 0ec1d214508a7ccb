import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  JudgedWindow,
  MetricVerdict,
  WindowName,
} from '../../../src/contracts/chaos/details.ts';
import type {
  Observation,
  ObservedMetric,
  QueryWatchActivities,
  TrackWatchActivities,
  WatchOrder,
} from '../../../src/contracts/chaos/observation.ts';
import { watchTaskQueue } from '../../../src/contracts/kernel/task-queues.ts';
import { judgeWindow, type Baseline } from '../../../src/policies/chaos/judge-window.ts';
import { controlOf, seriesOf } from '../../../src/policies/chaos/series-of.ts';
import type { HypothesisMetric, MetricSource } from '../../../src/specs/chaos/metric.ts';
import { isTrackSource } from '../../../src/specs/chaos/track-source.ts';
import type { StopCondition } from '../../../src/specs/chaos/stop-condition.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import type { ExperimentRun } from './experiment-run.ts';

const heartbeatMs = 10_000;
const graceMs = 60_000;
const absentAfterMs = 10_000;

interface Watched {
  stops?: readonly StopCondition[];
  /** As soon as two tracks are shown to differ, or the fault is over. */
  endsDecided?: boolean;
  /** Other than it is written. */
  everyMs?: number;
  /** Also where it is cancelled: it resolves once every observer has heard of that. */
  tells?: boolean;
}

/** `whole`: where one observer has ended the others, what all of them saw until then. They tell it soon. */
export type Observed = Observation & { whole?: Promise<Observation> };

/** What every observer saw together, until the first of them stopped. */
export async function observeWindow(
  run: ExperimentRun,
  forMs: number,
  { stops = [], endsDecided = false, everyMs = specOf(run).everyMs, tells = false }: Watched = {},
): Promise<Observed> {
  const { hypothesis } = specOf(run);
  const scope = new CancellationScope();
  const { watches, ended } = await scope.run(async () => {
    const all = [...byObserver(hypothesis)].map(([agent, metrics]) => {
      const own = stops.filter(({ metric }) => metrics.some(({ name }) => name === metric));
      const order = { metrics, everyMs, forMs, stops: own };
      const whole = { ...order, ...(endsDecided && { endsDecided }) };
      return orLost({ stops: own, tells }, watchBy(run, agent, { order: whole, tells }));
    });
    return { watches: all, ended: await untilStopped(all) };
  });
  scope.cancel();
  const isCut = tells && ended.length < watches.length;
  return { ...together(ended), ...(isCut && { whole: Promise.all(watches).then(together) }) };
}

function together(observed: readonly Observation[]): Observation {
  const isDecided = observed.some((each) => each.isDecided);
  const { stopped } = observed.find((each) => each.stopped !== undefined) ?? {};
  const { problem } = observed.find((each) => each.problem !== undefined) ?? {};
  return {
    samples: Object.assign({}, ...observed.map(({ samples }) => samples)) as Observation['samples'],
    ...(stopped !== undefined && { stopped }),
    ...(isDecided && { isDecided }),
    ...(problem !== undefined && { problem }),
  };
}

interface Watch {
  order: WatchOrder;
  tells: boolean;
}

function watchBy(
  run: ExperimentRun,
  observer: string,
  { order, tells }: Watch,
): Promise<Observation> {
  if (observer === worker) return watchQueries(order, tells);
  if (observer === router) return watchTracks(run, { order, tells });
  return run.on(observer).watch(order, { tells });
}

interface JudgedPart {
  samples: Observation['samples'];
  fromMs: number;
  lengthMs: number;
  /** Other than it is written. */
  everyMs?: number;
}

/** Judges a window, and keeps that for the report. */
export function judge(
  run: ExperimentRun,
  window: WindowName,
  { samples, fromMs, lengthMs, everyMs = specOf(run).everyMs }: JudgedPart,
  baseline?: Baseline,
): MetricVerdict[] {
  const { hypothesis } = specOf(run);
  const comparesTracks = hypothesis.some(({ source }) => isTrackSource(source));
  const weighsSums = comparesTracks && !patched('hanging-requests-beside-intervals');
  const observed = { samples, lengthMs, everyMs, weighsSums };
  const metrics = judgeWindow(hypothesis, observed, baseline);
  const series = seriesOf(hypothesis, observed);
  const control = controlOf(hypothesis, observed);
  const judged: JudgedWindow = {
    ...{ window, fromMs, toMs: fromMs + lengthMs },
    metrics: metrics.map((each) => {
      const ofControl = control[each.name];
      const course = { series: series[each.name] ?? [] };
      return { ...each, ...course, ...(ofControl !== undefined && { control: ofControl }) };
    }),
  };
  const others = run.found.windows.filter((each) => each.window !== window);
  // What was seen before a halt may be told only after the recovery.
  run.found.windows = [...others, judged].sort((one, other) => startOf(one) - startOf(other));
  return metrics;
}

function startOf({ fromMs = 0 }: JudgedWindow): number {
  return fromMs;
}

function specOf({ spec }: ExperimentRun): NonNullable<ExperimentRun['spec']> {
  if (spec === undefined) throw new Error('The spec is read before anything is observed');
  return spec;
}

/** Where an agent would be named: the worker itself, and the router of two tracks. No agent is named so. */
const worker = '';
const router = 'the router';

function byObserver(hypothesis: readonly HypothesisMetric[]): Map<string, ObservedMetric[]> {
  const found = new Map<string, ObservedMetric[]>();
  for (const { name, source, limits } of hypothesis) {
    const metric = { name, source, ...(isTrackSource(source) && { limits }) };
    const observer = observerOf(source);
    found.set(observer, [...(found.get(observer) ?? []), metric]);
  }
  return found;
}

function observerOf(source: MetricSource): string {
  if (isTrackSource(source)) return router;
  return source.of === 'query' ? worker : source.probe.agent;
}

export function watchQueries(order: WatchOrder, tells = false): Promise<Observation> {
  const acts = watching<QueryWatchActivities>({ order, tells }, 'sample queries');
  return acts.watchQueries(order);
}

function watchTracks({ tracks }: ExperimentRun, { order, tells }: Watch): Promise<Observation> {
  if (tracks === undefined) throw new Error('Tracks are opened before they are compared');
  const acts = watching<TrackWatchActivities>({ order, tells }, 'sample both tracks');
  return acts.watchTracks({ ...order, tracks });
}

function watching<Activities>({ order: { forMs }, tells }: Watch, summary: string) {
  return proxyActivities<Activities>({
    ...(tells && { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED }),
    taskQueue: watchTaskQueue(workflowInfo().taskQueue),
    scheduleToStartTimeout: absentAfterMs,
    startToCloseTimeout: forMs + graceMs,
    scheduleToCloseTimeout: forMs + 2 * graceMs,
    heartbeatTimeout: heartbeatMs,
    retry: { initialInterval: 500, maximumInterval: 5_000 },
    summary,
  });
}

/** An observer that is lost has seen nothing, which never holds; nobody watches its stop conditions. */
async function orLost(
  { stops: [stop], tells }: { stops: readonly StopCondition[]; tells: boolean },
  watch: Promise<Observation>,
): Promise<Observation> {
  try {
    return await watch;
  } catch (error) {
    // Such as an agent of an earlier version, which tells nothing then; the others do.
    if (isCancellation(error) && tells) return { samples: {}, problem: reasonOf(error) };
    if (isCancellation(error)) throw error;
    const problem = reasonOf(error);
    if (stop === undefined) return { samples: {}, problem };
    const stopped = `${stop.metric}: its stop condition is blind: ${problem}`;
    return { samples: {}, problem, stopped };
  }
}

/** One stop condition, or one decision, ends the watching of all. */
async function untilStopped(watches: readonly Promise<Observation>[]): Promise<Observation[]> {
  const ended: Observation[] = [];
  const stopped = Promise.race(
    watches.map(
      (watch) =>
        new Promise<void>((resolve, reject) => {
          watch.then((observation) => {
            ended.push(observation);
            if (observation.stopped !== undefined || observation.isDecided) resolve();
          }, reject);
        }),
    ),
  );
  await Promise.race([Promise.all(watches), stopped]);
  return ended;
}
