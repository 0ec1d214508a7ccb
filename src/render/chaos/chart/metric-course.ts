import type { WindowName } from '../../../contracts/chaos/details.ts';
import { showValue } from '../../../policies/chaos/measure.ts';
import type { Bounds } from '../../kernel/chart/value-range.ts';
import type { TimedValue } from '../../kernel/chart/unbroken-runs.ts';
import { boundsOf, describeSource } from '../describe-metric.ts';
import { readExperiment, type KnownExperiment } from '../experiment-view.ts';

export interface CoursePart {
  window: WindowName;
  fromMs: number;
  toMs: number;
  points: TimedValue[];
  /** Of two tracks: what the control was at the same times. */
  control?: TimedValue[];
}

/** One metric through all windows of an experiment. */
export interface MetricCourse {
  name: string;
  source: string;
  bounds: Bounds;
  parts: CoursePart[];
  /** When the fault was there; absent where nothing was injected. */
  fault?: { fromMs: number; toMs: number };
  format: (value: number) => string;
}

/** The metrics whose course was kept and can be drawn with its limits. */
export function coursesOf(known: KnownExperiment): MetricCourse[] {
  const { windows, injectedAtMs, removedAtMs } = known.details;
  const hypothesis = readExperiment(known.spec)?.hypothesis ?? [];
  return hypothesis.flatMap((metric): MetricCourse[] => {
    const { name, source } = metric;
    const parts = windows.flatMap(({ window, fromMs, toMs, metrics }): CoursePart[] => {
      const { series = [], control } = metrics.find((each) => each.name === name) ?? {};
      if (fromMs === undefined || toMs === undefined || series.length === 0) return [];
      const times = { fromMs, toMs };
      const points = timed(series, times);
      return [
        { window, ...times, points, ...(control && { control: timed(control.series, times) }) },
      ];
    });
    if (parts.length === 0) return [];
    const steady = windows
      .find(({ window }) => window === 'steady')
      ?.metrics.find((each) => each.name === name)?.value;
    const endMs = removedAtMs ?? parts.at(-1)?.toMs;
    return [
      {
        ...{ name, source: describeSource(source), bounds: boundsOf(metric, steady), parts },
        ...(injectedAtMs !== undefined &&
          endMs !== undefined && { fault: { fromMs: injectedAtMs, toMs: endMs } }),
        format: (value) => showValue(source.of, value),
      },
    ];
  });
}

/** Each in the middle of its part. */
function timed(
  series: readonly (number | null)[],
  { fromMs, toMs }: Pick<CoursePart, 'fromMs' | 'toMs'>,
): TimedValue[] {
  const partMs = (toMs - fromMs) / series.length;
  return series.map((value, index) => ({
    atMs: fromMs + (index + 0.5) * partMs,
    value: value ?? undefined,
  }));
}
