import { Gauge, type Registry } from 'prom-client';

const read = [
  ...(['backups', 'playbooks', 'experiments', 'campaign-schedules', 'objectives'] as const),
] as const;

/** When a worker last read what it exports of others, each by itself. */
export class ReadTimes {
  readonly #gauge;

  constructor(registry: Registry) {
    this.#gauge = new Gauge({
      name: 'belay_read_timestamp_seconds',
      help: 'When the ledger or the schedules were last read for these metrics; 0: not since this worker was started.',
      labelNames: ['of'],
      registers: [registry],
    });
    for (const of of read) this.#gauge.set({ of }, 0);
  }

  note(of: (typeof read)[number], atMs: number): void {
    this.#gauge.set({ of }, atMs / 1_000);
  }
}
