import type {
  Observation,
  ObservedMetric,
  Sample,
  WatchOrder,
} from '../../../src/contracts/chaos/observation.ts';
import type { MetricSource } from '../../../src/specs/chaos/metric.ts';
import { judgeStop } from '../../../src/policies/chaos/judge-stop.ts';
import { areDecided } from '../../../src/policies/chaos/tracks/are-decided.ts';

/** What a heartbeat says, so that another attempt goes on from there. */
export interface WatchProgress {
  afterMs: number;
  samples: Record<string, Sample[]>;
}

export interface Watching {
  /** Rejects where the watch is cancelled. */
  pause(ms: number): Promise<void>;
  /** Whether that was by the run that asked for it: it is told what there is. Absent: it never is. */
  isEndedByRun?(): boolean;
  /** So long after its run had asked for it the watch began: the run knows only of its own time. Default: 0. */
  beganLateMs?: number;
  /** Of the attempt before. */
  before?: WatchProgress | undefined;
  onProgress(progress: WatchProgress): void;
}

/** One answer: a number of a query, of a probe how long it took and whether it passed, or what tracks counted. */
export type Ask = (source: MetricSource) => Promise<Omit<Sample, 'afterMs' | 'unanswered'>>;

/**
 * Samples every metric at a fixed rate, however long answers take: a target that hangs is asked as often
 * as one that is quick. What several metrics are made of is asked once. Rejects where it is cancelled by
 * anybody but its run.
 */
export async function watchSamples(
  { metrics, everyMs, forMs, stops, endsDecided }: WatchOrder,
  ask: Ask,
  { pause, isEndedByRun = () => false, beganLateMs = 0, before, onProgress }: Watching,
): Promise<Observation> {
  const samples: Record<string, Sample[]> = Object.fromEntries(
    metrics.map(({ name }) => [name, [...(before?.samples[name] ?? [])]]),
  );
  const startedMs = performance.now() - (before?.afterMs ?? 0);
  const nowMs = () => Math.round(performance.now() - startedMs);
  const pending = new Set<{ names: string[]; afterMs: number }>();
  const problems = new Set<string>();
  const sources = bySource(metrics);
  const send = (source: MetricSource, names: string[]) => {
    const asked = { names, afterMs: nowMs() };
    pending.add(asked);
    ask(source)
      .then(
        (answer): Sample => ({
          ...{ afterMs: asked.afterMs, ...answer },
          ...(source.of === 'query' && { tookMs: nowMs() - asked.afterMs }),
        }),
        (error: unknown): Sample => {
          problems.add(error instanceof Error ? error.message : String(error));
          return { afterMs: asked.afterMs };
        },
      )
      .then((sample) => {
        if (!pending.delete(asked)) return;
        for (const name of names) samples[name]?.push(sample);
      })
      .catch(() => undefined);
  };
  const withPending = (): Record<string, Sample[]> =>
    Object.fromEntries(
      metrics.map(({ name, source }) => [
        name,
        [...(samples[name] ?? []), ...unansweredIn([...pending], { name, source }, nowMs())],
      ]),
    );
  let stopped: string | undefined;
  let isDecided = false;
  let isTold = false;
  for (let tick = Math.ceil((before?.afterMs ?? 0) / everyMs); ; tick += 1) {
    try {
      await pause(Math.max(0, tick * everyMs - nowMs()));
    } catch (error) {
      if (!isEndedByRun()) throw error;
      isTold = true;
      break;
    }
    const afterMs = nowMs();
    stopped =
      judgeStop(stops, metrics, { samples: withPending(), afterMs, everyMs }) ??
      (endsDecided === true ? overIn(samples) : undefined);
    isDecided = areDecided(metrics, samples, endsDecided === true);
    if (stopped !== undefined || isDecided || afterMs >= forMs) break;
    for (const [source, names] of sources) send(source, names);
    onProgress({ afterMs, samples });
  }
  const [problem] = problems;
  return {
    samples: isTold ? later(withPending(), beganLateMs) : withPending(),
    ...(stopped !== undefined && { stopped }),
    ...(isDecided && { isDecided }),
    ...(problem !== undefined && { problem }),
  };
}

function later(samples: Record<string, Sample[]>, byMs: number): Record<string, Sample[]> {
  return Object.fromEntries(
    Object.entries(samples).map(([name, own]) => [
      name,
      own.map((sample) => ({ ...sample, afterMs: sample.afterMs + byMs })),
    ]),
  );
}

function overIn(samples: Readonly<Record<string, Sample[]>>): string | undefined {
  return Object.values(samples)
    .flat()
    .find(({ over }) => over !== undefined)?.over;
}

/** A request that has just been sent says nothing yet. */
const pendingMs = 100;

function unansweredIn(
  pending: readonly { names: string[]; afterMs: number }[],
  { name, source }: ObservedMetric,
  nowMs: number,
): Sample[] {
  return pending.flatMap(({ names, afterMs }) => {
    const value = nowMs - afterMs;
    if (!names.includes(name) || value < pendingMs) return [];
    // What a query gives, or tracks have counted, is not known before it is there.
    const isProbe = source.of === 'errors' || source.of === 'latency';
    return [{ afterMs, ...(isProbe && { value }), unanswered: true as const }];
  });
}

function bySource(metrics: WatchOrder['metrics']): [MetricSource, string[]][] {
  const found = new Map<string, [MetricSource, string[]]>();
  for (const { name, source } of metrics) {
    const key = keyOf(source);
    const [, names] = found.get(key) ?? [source, []];
    found.set(key, [source, [...names, name]]);
  }
  return [...found.values()];
}

function keyOf(source: MetricSource): string {
  switch (source.of) {
    case 'errors':
    case 'latency':
      return `${source.probe.agent}/${source.probe.probe}`;
    case 'query':
      return source.query;
    case 'failed':
      return 'failed requests of tracks';
    case 'slow':
      return `requests of tracks above ${source.thanMs} ms`;
  }
}
