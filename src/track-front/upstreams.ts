import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Upstream } from '../contracts/chaos/track-front.ts';
import { refuse } from '../local-platform/router/answering.ts';
import { ConnectFirstAgent } from '../local-platform/router/connect-first-agent.ts';
import { forward } from '../local-platform/router/forward.ts';

const lookEveryMs = 1_000;
const connectWithinMs = 1_000;

/** The pods of stable, as the workers have named them last. Both tracks are answered by them. */
export class Upstreams {
  readonly #agent = new ConnectFirstAgent();
  #all: readonly Upstream[] = [];
  #reachable: readonly Upstream[] = [];
  #turn = 0;
  readonly #looking: NodeJS.Timeout;

  constructor() {
    this.#looking = setInterval(() => {
      this.#look().catch(() => undefined);
    }, lookEveryMs);
  }

  get readyCount(): number {
    return this.#reachable.length;
  }

  async name(all: readonly Upstream[]): Promise<void> {
    this.#all = all;
    await this.#look();
  }

  /** They are no processes of this machine. */
  chooseProcess(): undefined {
    return undefined;
  }

  state(): { replicas: readonly { name: string; trouble?: string }[] } {
    const replicas = this.#all.map((each) => {
      const name = `${each.host}:${each.port}`;
      if (this.#reachable.includes(each)) return { name };
      return { name, trouble: 'no connection to it' };
    });
    return { replicas };
  }

  async retire(): Promise<void> {
    clearInterval(this.#looking);
    return Promise.resolve();
  }

  /** One after the other, until one has taken the request. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { length } = this.#reachable;
    this.#turn += 1;
    const from = this.#turn % Math.max(1, length);
    const inTurn = [...this.#reachable.slice(from), ...this.#reachable.slice(0, from)];
    try {
      for (const upstream of inTurn) {
        const to = { ...upstream, agent: this.#agent, keepsHeaders: true };
        if ((await forward(request, response, to)) === 'answered') return;
      }
      refuse(response, 503, 'no pod of stable takes a connection');
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      refuse(response, 502, `the pod failed: ${problem}`);
    }
  }

  async #look(): Promise<void> {
    const all = this.#all;
    const answers = await Promise.all(all.map(takesConnections));
    // Others were named meanwhile, and were looked at after that.
    if (all === this.#all) this.#reachable = all.filter((_, index) => answers[index]);
  }
}

async function takesConnections({ host, port }: Upstream): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectWithinMs) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
