import { Gauge, type Registry } from 'prom-client';

/** The last rehearsal of a playbook. */
export interface RehearsedPlaybook {
  environment: string;
  playbook: string;
  isReady: boolean;
  atMs: number;
}

/** Whether playbooks could be run, the same from every worker. */
export class PlaybookGauges {
  readonly #ready;
  readonly #rehearsed;

  constructor(registry: Registry) {
    const labelNames = ['environment', 'playbook'];
    const registers = [registry];
    this.#ready = new Gauge({
      name: 'belay_playbook_ready',
      help: '1 if the last rehearsal of a playbook found that it could be run, else 0.',
      ...{ labelNames, registers },
    });
    this.#rehearsed = new Gauge({
      name: 'belay_playbook_rehearsed_timestamp_seconds',
      help: 'When the last rehearsal of a playbook ended.',
      ...{ labelNames, registers },
    });
  }

  show(rehearsed: readonly RehearsedPlaybook[]): void {
    this.#ready.reset();
    this.#rehearsed.reset();
    for (const { environment, playbook, isReady, atMs } of rehearsed) {
      this.#ready.set({ environment, playbook }, isReady ? 1 : 0);
      this.#rehearsed.set({ environment, playbook }, atMs / 1_000);
    }
  }
}
