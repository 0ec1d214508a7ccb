import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from './balancer.ts';

const everyMs = 100;
const patienceMs = 500;

/** Asks one replica itself, past the balancer and past Belay, and remembers what was not answered. */
export class DirectProbe {
  asked = 0;
  failed = 0;
  /** When the last request was sent that was not answered. */
  lastFailedAtMs: number | undefined;
  #isOn = true;
  readonly #open = new Set<Promise<void>>();
  readonly #done: Promise<void>;

  constructor(url: string) {
    this.#done = this.#probe(url);
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
    await Promise.all(this.#open);
  }

  async #probe(url: string): Promise<void> {
    while (this.#isOn) {
      const exchange = this.#ask(url).finally(() => this.#open.delete(exchange));
      this.#open.add(exchange);
      await sleep(everyMs);
    }
  }

  async #ask(url: string): Promise<void> {
    const sentAtMs = Date.now();
    this.asked += 1;
    if ((await ask(url, patienceMs)) !== undefined) return;
    this.failed += 1;
    this.lastFailedAtMs = Math.max(sentAtMs, this.lastFailedAtMs ?? 0);
  }
}
