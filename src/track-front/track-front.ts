import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InjectTrackFaultOrder, ServiceFacts } from '../contracts/chaos/service-tracks.ts';
import {
  frontDrainsMs,
  frontSettlesMs,
  type FrontSettings,
} from '../contracts/chaos/track-front.ts';
import type { Fence } from '../contracts/kernel/fence.ts';
import { PlatformError } from '../contracts/rollouts/platform.ts';
import type { TrackActs } from '../local-platform/api/track-routes.ts';
import { RunningTracks } from '../local-platform/experiments/running-tracks.ts';
import { codeOf, refuse, waitOut } from '../local-platform/router/answering.ts';
import { judgeFront } from '../policies/chaos/tracks/judge-front.ts';
import { HarmMeter } from './harm-meter.ts';
import { Upstreams } from './upstreams.ts';

/** So long a run may take to name the pods of stable for the first time. */
const readyWithinMs = 60_000;
/** Of what it does itself, so much is judged at once. */
const harmOverMs = 10_000;
const quietMs = 2_000;

/** Of a Prometheus that takes this process for a pod of the service: answered by others in turn, every counter would seem to fall. */
function isScrape({ headers }: IncomingMessage): boolean {
  return headers['x-prometheus-scrape-timeout-seconds'] !== undefined;
}

/**
 * The two tracks of one experiment on Kubernetes, and the fault of one of them, in the memory of this process alone.
 * Requests of both, and those of neither, are answered by the pods of stable.
 */
export class TrackFront implements TrackActs {
  readonly upstreams: Upstreams;
  /** Resolves with why, once requests are to come here no more. */
  readonly ended: Promise<string>;
  readonly #tracks: RunningTracks<Upstreams>;
  readonly #order;
  readonly #harm: HarmMeter;
  #lastRequestMs = -Infinity;
  #isKept = false;
  #isEnding = false;
  #why: string | undefined;
  #resolveEnded: (why: string) => void = () => undefined;

  constructor({ order, version }: Pick<FrontSettings, 'order' | 'version'>, freshMs?: number) {
    this.upstreams = new Upstreams(freshMs);
    this.ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    this.#harm = new HarmMeter(harmOverMs, (harm) => {
      const why = judgeFront(harm);
      if (why !== undefined && this.#isKept) this.end(why);
    });
    this.#order = order;
    this.#tracks = new RunningTracks({
      ...{ order, sets: { control: this.upstreams, experiment: this.upstreams } },
      ...{ stable: { version, generation: 0, readyWithinMs }, newest: 0 },
      onUnkept: () => this.end('nobody has asked for them any more'),
    });
  }

  /** Whether the Service may send requests here: its run has asked for that, and a pod of stable answers. */
  isReady(): boolean {
    const isWanted = this.#isKept && this.#why === undefined && !this.#isEnding;
    return isWanted && this.upstreams.isFresh() && this.upstreams.readyCount > 0;
  }

  async facts(): Promise<ServiceFacts> {
    if (this.#why !== undefined) return { isAllowed: true, ended: this.#why };
    return { isAllowed: true, tracks: await this.#tracks.state() };
  }

  /** For whoever sees that what is compared is not what was to be compared, or that it does harm. */
  end(why: string): void {
    this.#why ??= why;
    this.#resolveEnded(this.#why);
  }

  async open({ fence }: { fence: Fence }): Promise<void> {
    return Promise.reject(
      new PlatformError('conflict', `a front has one run; step ${fence.step} has to start its own`),
    );
  }

  async keep(fence: Fence): Promise<ServiceFacts> {
    if (this.#isOf(fence) && !this.#isEnding) {
      this.#isKept = true;
      this.#tracks.keep();
    }
    return this.facts();
  }

  injectFault(order: InjectTrackFaultOrder): void {
    this.#require(order.fence);
    this.#tracks.injectFault(order);
  }

  extendFault(fence: Fence, forMs: number): void {
    this.#require(fence);
    this.#tracks.extendFault(fence, forMs);
  }

  removeFault(fence: Fence): void {
    if (this.#isOf(fence)) this.#tracks.removeFault(fence);
  }

  async close(fence: Fence): Promise<void> {
    if (this.#isOf(fence)) this.end('their run has closed them');
    return Promise.resolve();
  }

  /** The fault ends at once. Requests are still answered: whoever sends them hears only later that they are to go elsewhere. */
  async retire(): Promise<void> {
    this.#isEnding = true;
    const { rolloutId } = this.#order.fence;
    this.#tracks.removeFault({ rolloutId, step: Number.MAX_SAFE_INTEGER });
    await sleep(frontSettlesMs);
  }

  /** Until nobody has sent a request for a while: where the API server is away, nobody hears that they are to go elsewhere. */
  async untilQuiet(): Promise<void> {
    while (performance.now() - this.#lastRequestMs < quietMs) await sleep(quietMs / 4);
  }

  async stop(): Promise<void> {
    this.#harm.stop();
    await Promise.all([this.#tracks.close(), this.upstreams.closeTunnels(frontDrainsMs)]);
  }

  /** What came was no request of HTTP/1.1: only this process looks at that. */
  countUnreadable(): void {
    this.#harm.count(false);
  }

  async upgrade(request: IncomingMessage, client: Duplex, head: Buffer): Promise<void> {
    this.#harm.count(await this.upstreams.tunnel(request, client, head));
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Whoever keeps a connection leaves with an answer, before connections are closed.
    if (!this.isReady()) response.shouldKeepAlive = false;
    if (isScrape(request)) {
      response.end();
      return;
    }
    const startedAt = performance.now();
    this.#lastRequestMs = startedAt;
    const isOfTracks = !this.#isEnding && this.upstreams.isFresh();
    const taken = isOfTracks ? this.#tracks.take() : undefined;
    response.once('close', () => taken?.count(codeOf(response), performance.now() - startedAt));
    const { disturbance } = taken ?? {};
    if (disturbance !== undefined) await waitOut(disturbance);
    if (response.destroyed) return;
    if (disturbance?.isRefused === true) refuse(response, 503, 'this failure was injected');
    else this.#harm.count(await this.upstreams.answer(request, response));
  }

  #isOf({ rolloutId }: Fence): boolean {
    return rolloutId === this.#order.fence.rolloutId;
  }

  #require(fence: Fence): void {
    if (this.#isOf(fence) && this.#why === undefined && !this.#isEnding) return;
    throw new PlatformError('conflict', `run ${fence.rolloutId} has no tracks here`);
  }
}
