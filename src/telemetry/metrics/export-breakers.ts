import { Counter, Gauge, type Registry } from 'prom-client';
import type { BreakerReport, BreakerState } from '../../contracts/kernel/breakers.ts';

const stateValues = { closed: 0, open: 1, 'half-open': 2 } satisfies Record<BreakerState, number>;

/** The states of a process's breakers, read at every scrape. Their number is bounded where they are kept. */
export function exportBreakers(registry: Registry, read: () => BreakerReport[]): void {
  const registers = [registry];
  new Gauge({
    name: 'circuit_breaker_state',
    help: 'State of the breaker of a dependency: 0 closed, 1 open, 2 half-open.',
    labelNames: ['dependency'],
    registers,
    collect() {
      this.reset();
      for (const { dependency, state } of read()) this.set({ dependency }, stateValues[state]);
    },
  });
  new Counter({
    name: 'circuit_breaker_calls_total',
    help: 'Calls to a dependency: success, failure, or rejected because its breaker was open.',
    labelNames: ['dependency', 'result'],
    registers,
    collect() {
      this.reset();
      for (const { dependency, successes, failures, rejected } of read()) {
        this.inc({ dependency, result: 'success' }, successes);
        this.inc({ dependency, result: 'failure' }, failures);
        this.inc({ dependency, result: 'rejected' }, rejected);
      }
    },
  });
  new Counter({
    name: 'circuit_breaker_opened_total',
    help: 'Number of times that the breaker of a dependency opened.',
    labelNames: ['dependency'],
    registers,
    collect() {
      this.reset();
      for (const { dependency, opened } of read()) this.inc({ dependency }, opened);
    },
  });
}
