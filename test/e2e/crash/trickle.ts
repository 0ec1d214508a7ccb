import { Agent, request } from 'node:http';
import { eventually } from '../../fixtures/eventually.ts';

const everyMs = 80;

/** Where callers reach a service, by one connection after the other or by some that they keep. */
export interface CallerAddress {
  url: string;
  keepAlive: boolean;
}

/** Callers of one service: a steady few requests, each counted with its answer. */
export class Trickle {
  /** Not answered, or with anything but 200. */
  failed = 0;
  private open = 0;
  private readonly url: string;
  private readonly agent: Agent;
  private timer: NodeJS.Timeout | undefined;

  constructor({ url, keepAlive }: CallerAddress) {
    this.url = url;
    this.agent = new Agent({ keepAlive });
  }

  start(): void {
    this.timer = setInterval(() => this.ask(), everyMs);
  }

  /** Returns when the last open request is answered. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await eventually(async () => {
      if (this.open > 0) throw new Error(`${this.open} requests to ${this.url} are still open`);
    });
    this.agent.destroy();
  }

  private ask(): void {
    this.open += 1;
    const call = request(this.url, { agent: this.agent, timeout: 10_000 }, (response) => {
      if (response.statusCode !== 200) this.failed += 1;
      response.resume();
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 10 s')));
    call.on('error', () => (this.failed += 1));
    call.on('close', () => (this.open -= 1));
    call.end();
  }
}
