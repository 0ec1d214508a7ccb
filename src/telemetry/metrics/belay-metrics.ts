import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HoldObserver } from '../../contracts/rollouts/hold-observer.ts';
import { packageVersion } from '../../config/package-version.ts';
import type { HoldOutcome, HoldProgress, WatchHoldInput } from '../../contracts/rollouts/hold.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { kindNamed } from '../../kinds/registry.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { rolloutFamily } from '../../kinds/rollouts.ts';
import { LabelCap, otherValue } from '../../policies/kernel/observability/label-cap.ts';
import { newMeasurements } from '../../policies/rollouts/observability/new-measurements.ts';
import { isWaiting } from '../../policies/rollouts/observability/phase-label.ts';
import { createActivityMetrics } from './activity-metrics.ts';
import { IncidentMetrics } from './incident-metrics.ts';

/** An open run, as Temporal lists it. */
export interface CountedRun {
  family: string;
  kind: string;
  environment: string;
  name: string;
  phase: string;
  /** Of an incident. */
  severity?: string;
}

const { kind: incidentKind } = recoveryKinds.incident;
/** At most this many have their own series. */
const caps = { services: 500, environments: 50 };
const runSeconds = [1, 10, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

/** All metrics of one worker; docs/metrics.md lists them. */
export class BelayMetrics implements HoldObserver {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #ofActivities = createActivityMetrics(this.registry);
  readonly activitiesRunning = this.#ofActivities.activitiesRunning;
  readonly activities = this.#ofActivities.activities;
  readonly activityDuration = this.#ofActivities.activityDuration;
  readonly #incidents = new IncidentMetrics(this.registry);
  readonly #runsOpen = new Gauge({
    name: 'belay_runs_open',
    help: 'Runs of any kind that Temporal lists as running, the same from every worker.',
    labelNames: ['family', 'kind', 'environment', 'phase'],
    registers: this.#registers,
  });
  readonly #runWaiting = new Gauge({
    name: 'belay_run_waiting',
    help: '1 for each open run that waits for a person, the same from every worker.',
    labelNames: ['family', 'kind', 'environment', 'name', 'phase'],
    registers: this.#registers,
  });
  readonly #runs = new Counter({
    name: 'belay_runs_total',
    help: 'Ended runs of any kind, counted when their report is first written.',
    labelNames: ['family', 'kind', 'environment', 'outcome'],
    registers: this.#registers,
  });
  readonly #runDuration = new Histogram({
    name: 'belay_run_duration_seconds',
    help: 'Time from the start of a run to its end.',
    labelNames: ['family', 'kind', 'outcome'],
    buckets: runSeconds,
    registers: this.#registers,
  });
  readonly #rolloutsOpen = new Gauge({
    name: 'belay_rollouts_open',
    help: 'Rollouts that Temporal lists as running, the same from every worker.',
    labelNames: ['kind', 'environment', 'phase'],
    registers: this.#registers,
  });
  readonly #rolloutWaiting = new Gauge({
    name: 'belay_rollout_waiting',
    help: '1 for each open rollout that waits for a person, the same from every worker.',
    labelNames: ['environment', 'service', 'phase'],
    registers: this.#registers,
  });
  readonly temporalAnswers = new Gauge({
    name: 'belay_temporal_answers',
    help: '1 if the last request for the open rollouts to Temporal succeeded, else 0.',
    registers: this.#registers,
  });
  readonly #leftoversFailed = new Gauge({
    name: 'belay_leftovers_failed',
    help: 'Places and dead runs that the last sweep of this worker could not clean up.',
    labelNames: ['sweeper'],
    registers: this.#registers,
  });
  readonly polling = new Gauge({
    name: 'belay_worker_polling',
    help: '1 if this worker polls the queue, else 0.',
    labelNames: ['queue'],
    registers: this.#registers,
  });
  readonly slots = new Gauge({
    name: 'belay_worker_slots',
    help: 'Most activities of the queue that this worker executes at the same time.',
    labelNames: ['queue'],
    registers: this.#registers,
  });
  readonly slotsUsed = new Gauge({
    name: 'belay_worker_slots_used',
    help: 'Slots of the queue that are in use.',
    labelNames: ['queue'],
    registers: this.#registers,
  });
  readonly cachedWorkflows = new Gauge({
    name: 'belay_worker_cached_workflows',
    help: 'Workflows in the memory of this worker.',
    registers: this.#registers,
  });
  readonly #rollouts = new Counter({
    name: 'belay_rollouts_total',
    help: 'Ended rollouts, counted when their report is first written.',
    labelNames: ['kind', 'environment', 'outcome'],
    registers: this.#registers,
  });
  readonly #serviceRollouts = new Counter({
    name: 'belay_service_rollouts_total',
    help: `Ended rollouts by service; after ${caps.services} services, all others are "${otherValue}".`,
    labelNames: ['environment', 'service', 'outcome'],
    registers: this.#registers,
  });
  readonly #rolloutDuration = new Histogram({
    name: 'belay_rollout_duration_seconds',
    help: 'Time from the start of a rollout to its end.',
    labelNames: ['kind', 'outcome'],
    buckets: runSeconds,
    registers: this.#registers,
  });
  readonly #measurements = new Counter({
    name: 'belay_measurements_total',
    help: 'Measurements of one metric over one interval.',
    labelNames: ['judge', 'result'],
    registers: this.#registers,
  });
  readonly #verdicts = new Counter({
    name: 'belay_verdicts_total',
    help: 'Verdicts of ended watches.',
    labelNames: ['verdict', 'decided'],
    registers: this.#registers,
  });
  readonly #services = new LabelCap(caps.services);
  readonly #environments = new LabelCap(caps.environments);
  readonly #refreshers: (() => Promise<void>)[] = [];

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'belay_worker_info',
      help: 'Always 1; the label is the version of this worker.',
      labelNames: ['version'],
      registers: this.#registers,
    }).set({ version: packageVersion() }, 1);
  }

  /** Runs before every scrape, to set gauges whose values have to be fetched. */
  refreshWith(refresh: () => Promise<void>): void {
    this.#refreshers.push(refresh);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  async text(): Promise<string> {
    await Promise.all(this.#refreshers.map((refresh) => refresh()));
    return this.registry.metrics();
  }

  /** How much the last sweep of a sweeper could not clean up; 0 where another worker sweeps. */
  swept(sweeper: string, failed: number): void {
    this.#leftoversFailed.set({ sweeper }, failed);
  }

  runClosed(report: RunReport): void {
    const { family, kind, subject, outcome, startedAtMs, endedAtMs } = report;
    const environment = this.#environment(subject.environment);
    const seconds = (endedAtMs - startedAtMs) / 1_000;
    this.#runs.inc({ family, kind, environment, outcome });
    this.#runDuration.observe({ family, kind, outcome }, seconds);
    this.#incidents.closed(report);
    if (family !== rolloutFamily) return;
    this.#rollouts.inc({ kind, environment, outcome });
    const named = this.#services.admits(`${subject.environment}/${subject.name}`)
      ? { environment: subject.environment, service: subject.name }
      : { environment: otherValue, service: otherValue };
    this.#serviceRollouts.inc({ ...named, outcome });
    this.#rolloutDuration.observe({ kind, outcome }, seconds);
  }

  measured(hold: WatchHoldInput, before: HoldProgress, now: HoldProgress): void {
    for (const { judge, result, count } of newMeasurements(hold, before, now)) {
      this.#measurements.inc({ judge, result }, count);
    }
  }

  /** Replaces all series that were set before. */
  showOpen(runs: CountedRun[]): void {
    const gauges = [this.#runsOpen, this.#runWaiting, this.#rolloutsOpen, this.#rolloutWaiting];
    for (const gauge of gauges) gauge.reset();
    for (const { family, kind, phase, ...run } of runs) {
      const environment = this.#environment(run.environment);
      this.#runsOpen.inc({ family, kind, environment, phase });
      if (family === rolloutFamily) this.#rolloutsOpen.inc({ kind, environment, phase });
    }
    const incidents = runs.filter(({ kind }) => kind === incidentKind).slice(0, caps.services);
    this.#incidents.showOpen(
      incidents.map(({ environment, severity, ...run }) => ({
        ...{ ...run, environment: this.#environment(environment) },
        severity: severity ?? 'unknown',
      })),
    );
    const waiting = runs.filter(waitsForPerson).slice(0, caps.services);
    for (const { family, kind, environment, name, phase } of waiting) {
      this.#runWaiting.set({ family, kind, environment, name, phase }, 1);
      if (family !== rolloutFamily) continue;
      this.#rolloutWaiting.set({ environment, service: name, phase }, 1);
    }
  }

  judged({ verdict, atDeadline }: HoldOutcome): void {
    this.#verdicts.inc({ verdict: verdict.kind, decided: atDeadline ? 'at-deadline' : 'early' });
  }

  #environment(name: string): string {
    return this.#environments.admits(name) ? name : otherValue;
  }
}

function waitsForPerson({ family, kind, phase }: CountedRun): boolean {
  if (family === rolloutFamily) return isWaiting(phase);
  return kindNamed(kind)?.phases[phase]?.waitsForPerson === true;
}
