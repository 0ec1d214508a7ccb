import { Gauge, type Registry } from 'prom-client';
import type { MonitorState } from '../../contracts/objectives/objective-store.ts';
import type { Budget, Standing } from '../../contracts/objectives/standing.ts';
import { isStale } from '../../policies/objectives/stale-state.ts';

/** What is shown of a monitor. */
export interface ShownMonitor extends Pick<MonitorState, 'environment' | 'atMs'> {
  standings: readonly ShownStanding[];
}

type ShownStanding = Pick<Standing, 'service' | 'objective' | 'verdict' | 'coverage'> & {
  budget?: Pick<Budget, 'remaining'>;
};

/** At most this many have their own series. */
const most = 1_000;

/** How objectives stand, the same from every worker. */
export class ObjectiveGauges {
  readonly #verdict;
  readonly #budget;
  readonly #coverage;
  readonly #measured;

  constructor(registry: Registry) {
    const registers = [registry];
    const ofObjective = ['environment', 'service', 'objective'];
    this.#verdict = new Gauge({
      name: 'belay_slo_verdict',
      help: '1 for the verdict of each objective: met, breached or insufficient.',
      labelNames: [...ofObjective, 'verdict'],
      registers,
    });
    this.#budget = new Gauge({
      name: 'belay_slo_budget_remaining',
      help: 'What is left of the error budget of an objective: 1 is all of it, below 0 more was spent.',
      labelNames: ofObjective,
      registers,
    });
    this.#coverage = new Gauge({
      name: 'belay_slo_coverage',
      help: 'The measured share of the window of an objective.',
      labelNames: ofObjective,
      registers,
    });
    this.#measured = new Gauge({
      name: 'belay_slo_measured_timestamp_seconds',
      help: 'When the monitor of an environment last judged its objectives.',
      labelNames: ['environment'],
      registers,
    });
  }

  /** Replaces what was shown before. Where a monitor no longer measures, only when it did. */
  show(states: readonly ShownMonitor[], nowMs: number): void {
    const gauges = [this.#verdict, this.#budget, this.#coverage, this.#measured];
    for (const gauge of gauges) gauge.reset();
    for (const { environment, atMs } of states) {
      this.#measured.set({ environment }, atMs / 1_000);
    }
    const measured = states.filter((state) => !isStale(state, nowMs));
    const all = measured.flatMap(({ environment, standings }) =>
      standings.map((standing) => ({ environment, ...standing })),
    );
    for (const { environment, service, objective, verdict, budget, coverage } of all.slice(
      0,
      most,
    )) {
      const labels = { environment, service, objective };
      this.#verdict.set({ ...labels, verdict }, 1);
      this.#coverage.set(labels, coverage);
      if (budget !== undefined && coverage > 0) this.#budget.set(labels, budget.remaining);
    }
  }
}
