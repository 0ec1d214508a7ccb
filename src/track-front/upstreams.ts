import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Upstream } from '../contracts/chaos/track-front.ts';
import { refuse } from '../local-platform/router/answering.ts';
import { ConnectFirstAgent } from '../local-platform/router/connect-first-agent.ts';
import { passOn } from './pass-on.ts';
import { Tunnels } from './tunnels.ts';

const lookEveryMs = 1_000;
const connectWithinMs = 1_000;

/** An address may be that of another pod by now where nobody has named it for so long: no more requests are wanted. */
const usualFreshMs = 20_000;

/**
 * The pods of stable, as the workers have named them last. Both tracks are answered by them. So are requests that come
 * although none are wanted: where the API server is away, nobody learns of that, and no address changes hands.
 */
export class Upstreams {
  readonly #freshMs: number;
  readonly #kept = new ConnectFirstAgent();
  readonly #fresh = new ConnectFirstAgent({ keepAlive: false });
  readonly #tunnels = new Tunnels();
  #all: readonly Upstream[] = [];
  #namedMs = -Infinity;
  #reachable: readonly Upstream[] = [];
  #turn = 0;
  readonly #looking: NodeJS.Timeout;

  constructor(freshMs = usualFreshMs) {
    this.#freshMs = freshMs;
    this.#looking = setInterval(() => {
      this.#look().catch(() => undefined);
    }, lookEveryMs);
  }

  get readyCount(): number {
    return this.#reachable.length;
  }

  /** Whether somebody has named them so lately that they are those of stable. */
  isFresh(): boolean {
    return performance.now() - this.#namedMs < this.#freshMs;
  }

  async name(all: readonly Upstream[]): Promise<void> {
    this.#all = all;
    this.#namedMs = performance.now();
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
      const trouble = 'takes no connection of the pod of Belay; does a NetworkPolicy refuse it?';
      return { name, trouble };
    });
    return { replicas };
  }

  async retire(): Promise<void> {
    clearInterval(this.#looking);
    return Promise.resolve();
  }

  /** One after the other, until one has taken the request. Returns whether one has answered. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    try {
      for (const upstream of this.#inTurn()) {
        let passed = await passOn(request, response, { ...upstream, agent: this.#kept });
        if (passed === 'reset') {
          passed = await passOn(request, response, { ...upstream, agent: this.#fresh });
        }
        if (passed === 'answered') return true;
        if (passed === 'unpassable') return false;
      }
      refuse(response, 503, 'no pod of stable takes a connection');
      return false;
    } catch (error) {
      // A caller that has left needs no answer, and a response that has begun is the pod's.
      const isBegun = response.destroyed || response.headersSent;
      const problem = error instanceof Error ? error.message : String(error);
      refuse(response, 502, `the pod failed: ${problem}`);
      return isBegun;
    }
  }

  /** Returns whether one of them has taken the connection. */
  async tunnel(request: IncomingMessage, client: Duplex, head: Buffer): Promise<boolean> {
    const upstreams = this.#inTurn();
    return (await this.#tunnels.open(request, client, { head, upstreams })) === 'opened';
  }

  /** So long connections of another protocol may go on. */
  async closeTunnels(limitMs: number): Promise<void> {
    await this.#tunnels.close(limitMs);
  }

  /** Where none has taken a connection lately, all: they may be too busy to have taken it in time. */
  #inTurn(): readonly Upstream[] {
    const wanted = this.#reachable.length > 0 ? this.#reachable : this.#all;
    this.#turn += 1;
    const from = this.#turn % Math.max(1, wanted.length);
    return [...wanted.slice(from), ...wanted.slice(0, from)];
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
