import type {
  ExperimentDetails,
  MetricVerdict,
  WindowName,
} from '../../contracts/chaos/details.ts';
import type { Evidence, StepStatus } from '../../contracts/kernel/run.ts';
import { callTarget } from '../../policies/chaos/call-target.ts';
import { showValue } from '../../policies/chaos/measure.ts';
import { chaosExperimentSchema, type ChaosExperimentSpec } from '../../specs/chaos/experiment.ts';
import type { HypothesisMetric } from '../../specs/chaos/metric.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { utcMoment } from '../kernel/moment.ts';
import { describeFault } from './describe-fault.ts';
import { describeLimits, describeSource, describeStops } from './describe-metric.ts';
import { describeRadius, describeTarget, joinNames } from './describe-target.ts';

/** What is known of an experiment: of one that has ended, from its report. */
export interface KnownExperiment {
  details: ExperimentDetails;
  steps?: readonly StepStatus[];
  /** As it was given. */
  spec?: unknown;
}

export type Fact = readonly [name: string, value: string];

export const windowTitles = {
  steady: 'before',
  during: 'during',
  after: 'after',
} as const satisfies Record<WindowName, string>;

export const windowNames = Object.keys(windowTitles) as WindowName[];

export type Seen = Pick<MetricVerdict, 'state' | 'reason' | 'samples'> & { value: string };

/** One metric, and what it was in each window that was measured. */
export interface MetricRow {
  name: string;
  source: string;
  limits: string;
  seen: Partial<Record<WindowName, Seen>>;
}

/** The spec of an experiment with its defaults; undefined where this version cannot read it. */
export function readExperiment(spec: unknown): ChaosExperimentSpec | undefined {
  const parsed = chaosExperimentSchema.safeParse(spec);
  return parsed.success ? parsed.data : undefined;
}

/** What was asked for. */
export function askedFacts({ details, spec: written }: KnownExperiment): Fact[] {
  const spec = readExperiment(written);
  const fault = spec?.fault ?? details.fault;
  const owner: Fact[] = details.owner === undefined ? [] : [['Owner', details.owner]];
  if (spec === undefined) {
    return [...(fault === undefined ? [] : [['Fault', describeFault(fault)] as const]), ...owner];
  }
  const { durationMs, steadyStateMs, everyMs, recoverWithinMs } = spec;
  return [
    ['Fault', `${describeFault(spec.fault, spec.target)}, for ${formatDuration(durationMs)}`],
    ['Target', describeTarget(spec.target)],
    ['Blast radius', radiusOf(spec)],
    [
      'Steady state',
      `measured for ${formatDuration(steadyStateMs)}, a sample every ${formatDuration(everyMs)}`,
    ],
    ['Stop conditions', describeStops(spec.stopConditions, spec.hypothesis)],
    ['Recovery', `within ${formatDuration(recoverWithinMs)}`],
    ...owner,
  ];
}

function radiusOf({ target, blastRadius, mostOfTarget }: ChaosExperimentSpec): string {
  if (!('tracks' in target)) return describeRadius(blastRadius, mostOfTarget);
  return `at most ${target.tracks.mostRequests} requests of the experiment track`;
}

/** Each metric of the hypothesis; without a spec, each that was measured. */
export function metricRows({ details: { windows }, spec }: KnownExperiment): MetricRow[] {
  const hypothesis = readExperiment(spec)?.hypothesis;
  const measured = windows.flatMap(({ metrics }) => metrics.map(({ name }) => name));
  const names = hypothesis?.map(({ name }) => name) ?? [...new Set(measured)];
  return names.map((name): MetricRow => {
    const metric = hypothesis?.find((each) => each.name === name);
    const seen = windows.flatMap(({ window, metrics }) => {
      const found = metrics.find((each) => each.name === name);
      return found === undefined ? [] : [[window, seenOf(found, metric)] as const];
    });
    return {
      name,
      source: metric === undefined ? '' : describeSource(metric.source),
      limits: metric === undefined ? '' : describeLimits(metric),
      seen: Object.fromEntries(seen),
    };
  });
}

function seenOf(
  { state, reason, samples, value, control }: MetricVerdict,
  metric: HypothesisMetric | undefined,
): Seen {
  const show = (number: number | undefined) =>
    metric === undefined || number === undefined ? '' : showValue(metric.source.of, number);
  const [own, ofControl] = [show(value), show(control?.value)];
  const shown = own === '' || ofControl === '' ? own : `${own} (control ${ofControl})`;
  return { state, reason, samples, value: shown };
}

/** Why a metric did not hold, one line for each window in which it did not. */
export function failures(rows: readonly MetricRow[]): string[] {
  return windowNames.flatMap((window) =>
    rows.flatMap(({ name, seen }) => {
      const found = seen[window];
      if (found === undefined || found.state === 'holds') return [];
      const { reason, samples } = found;
      return [`${name}, ${windowTitles[window]}: ${reason} (${samples} samples)`];
    }),
  );
}

/** What became of the fault. */
export function faultFacts({ details }: KnownExperiment): Fact[] {
  const { candidates, targets, injectedAtMs, removedAtMs, leftBehind, disturbed } = details;
  const hit = targets.map((target) => `${callTarget(target)} (${target.what})`);
  const chosen: Fact[] =
    targets.length === 0
      ? []
      : [['Chosen', `${targets.length} of ${candidates}: ${joinNames(hit)}`]];
  if (injectedAtMs === undefined) return [...chosen, ['Injected', 'nothing']];
  const lasted =
    removedAtMs === undefined ? '' : `, after ${formatDuration(removedAtMs - injectedAtMs)}`;
  return [
    ...chosen,
    ['Injection began', utcMoment(injectedAtMs)],
    ...(disturbed === undefined ? [] : [['Requests that met it', String(disturbed)] as const]),
    ...(removedAtMs === undefined
      ? []
      : ([
          [
            leftBehind.length === 0 ? 'Gone' : 'Removal ended',
            `${utcMoment(removedAtMs)}${lasted}`,
          ],
          ['Recovered', recoveryOf(details)],
        ] satisfies Fact[])),
    ...(leftBehind.length === 0 ? [] : [['Left behind', leftBehind.join('; ')] as const]),
  ];
}

function recoveryOf({ recoveredAfterMs, notRecovered }: ExperimentDetails): string {
  if (recoveredAfterMs !== undefined) {
    return `${formatDuration(recoveredAfterMs)} after the removal`;
  }
  return notRecovered === undefined ? 'not seen' : `no: ${notRecovered}`;
}

const ofFaults: readonly string[] = ['seen', 'still there', 'gone'];

/** Who saw the fault, that it was still there at its end, and that it is gone. */
export function faultEvidence({ steps = [] }: KnownExperiment): Evidence[] {
  return steps.flatMap(({ evidence }) => evidence.filter(({ what }) => ofFaults.includes(what)));
}
