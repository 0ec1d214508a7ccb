import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenTracksOrder, TrackName } from '../../contracts/chaos/service-tracks.ts';
import type { TrackState } from '../../contracts/rollouts/platform.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';
import type { PlannedTracks } from '../experiments/plan-tracks.ts';
import { RunningTracks } from '../experiments/running-tracks.ts';
import { boundLogs, logFilesOf, pruneLogs } from '../replicas/log-files.ts';
import { stopGroup } from '../replicas/process-group.ts';
import { generationOf, ReplicaSet } from '../replicas/replica-set.ts';
import type { ReplicaSurroundings } from '../replicas/replica-surroundings.ts';
import { Front } from '../router/front.ts';
import { routeRequest, type Route } from '../router/route.ts';
import { ServiceMetrics } from '../router/service-metrics.ts';
import type { Deployment, ServiceRecord } from '../state/service-record.ts';

const frontRetryMs = 1_000;
const stopGraceMs = 5_000;
const loggedGenerations = 10;

/** What runs for one service: its front, its replica sets and the route between them. */
export class ServiceRuntime {
  readonly metrics: ServiceMetrics;
  readonly #surroundings: ReplicaSurroundings;
  readonly #front: Front;
  readonly #sets = new Map<number, ReplicaSet>();
  readonly #retiring = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #route: Route = {
    ...{ stable: undefined, canary: undefined, weight: 0, faults: {}, tracks: undefined },
  };
  #frontProblem: string | undefined;

  constructor(environment: string, surroundings: ReplicaSurroundings) {
    this.#surroundings = surroundings;
    this.metrics = new ServiceMetrics(environment, surroundings.service);
    this.#front = new Front((request, response) =>
      routeRequest(request, response, () => this.#route, this.metrics),
    );
  }

  /** Why clients cannot reach the service. */
  get frontProblem(): string | undefined {
    return this.#frontProblem;
  }

  get readyCanaries(): number {
    return this.#route.canary?.readyCount ?? 0;
  }

  tracks(): Partial<Record<Track, TrackState>> {
    const { stable, canary } = this.#route;
    return { ...(stable && { stable: stable.state() }), ...(canary && { canary: canary.state() }) };
  }

  /** The tracks of an experiment, where there are any. */
  get openedTracks(): RunningTracks | undefined {
    return this.#route.tracks;
  }

  /** The names of the replicas that exist, of one track or of all. */
  replicaNames(track?: Track): string[] {
    const { stable, canary, tracks } = this.#route;
    const sets =
      track === undefined ? [stable, canary, ...(tracks?.sets ?? [])] : [this.#route[track]];
    return sets.flatMap((set) => set?.names ?? []);
  }

  get logFolder(): string {
    return this.#surroundings.logFolder;
  }

  /** Opens the front of a new service; port 0 means any free port. */
  openFront(port: number): Promise<number> {
    return this.#front.listen(port);
  }

  /** Opens the front at its previous port, as soon as that is free. */
  async reopenFront(port: number): Promise<void> {
    try {
      await this.#front.listen(port);
      this.#frontProblem = undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#frontProblem = `its front port ${port} cannot be opened: ${why}`;
      this.#surroundings.log.error({ service: this.#surroundings.service }, this.#frontProblem);
      this.#retryFront(port).catch(() => undefined);
    }
  }

  async #retryFront(port: number): Promise<void> {
    await sleep(frontRetryMs, undefined, { signal: this.#stopping.signal, ref: false });
    await this.reopenFront(port);
  }

  /** Applies the record. The new route is effective immediately; drains continue in the background. */
  apply(record: ServiceRecord): void {
    const stable = this.#setFor('stable', record.stable);
    const canary = this.#setFor('canary', record.canary);
    const { tracks } = this.#route;
    this.#route = { stable, canary, weight: record.canaryWeight, faults: record.faults, tracks };
    // They would compare two tracks of a release that is stable no more.
    if (tracks !== undefined && tracks.generation !== record.stable?.generation) {
      this.closeTracks(tracks);
    }
    for (const [generation, set] of this.#sets) {
      if (set !== stable && set !== canary) this.#retire(generation, set);
    }
  }

  /** Starts two tracks of stable; they get their share of the requests once they are ready. */
  openTracks(order: OpenTracksOrder, { stable, generations }: Omit<PlannedTracks, 'record'>): void {
    const setOf = (track: TrackName) => {
      const deployment = { ...stable, generation: generations[track], wanted: order.replicas };
      return new ReplicaSet(track, deployment, this.#surroundings);
    };
    const { release, generation, readiness } = stable;
    const tracks = new RunningTracks({
      ...{ order, sets: { control: setOf('control'), experiment: setOf('experiment') } },
      stable: { version: release.version, generation, readyWithinMs: readiness.deadlineMs },
      newest: Math.max(...Object.values(generations)),
      onUnkept: () => this.closeTracks(tracks),
    });
    this.#route = { ...this.#route, tracks };
  }

  /** They get no request from now on; what is open is answered in the background. */
  closeTracks(tracks: RunningTracks): void {
    if (this.#route.tracks === tracks) this.#route = { ...this.#route, tracks: undefined };
    this.#await(tracks.close().then(() => this.#pruneLogs(tracks.newest)));
  }

  /** Stops processes of an earlier run that are not in the record. */
  async stopStrays(): Promise<void> {
    const { table } = this.#surroundings;
    const wanted = new Set(this.replicaNames());
    const strays = table.replicas().filter((name) => !wanted.has(name));
    await Promise.all(
      strays.map(async (name) => {
        const stray = table.get(name);
        if (stray) await stopGroup(stray, stopGraceMs);
        await table.remove(name);
      }),
    );
  }

  /** Resolves when nothing is being drained or stopped. */
  async settled(): Promise<void> {
    await Promise.all([...this.#retiring, ...[...this.#sets.values()].map((set) => set.settled())]);
  }

  async boundLogs(): Promise<void> {
    for (const name of this.replicaNames()) await boundLogs(logFilesOf(this.logFolder, name));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#front.close();
    const { tracks } = this.#route;
    if (tracks !== undefined) this.closeTracks(tracks);
    for (const [generation, set] of this.#sets) this.#retire(generation, set);
    await this.settled();
  }

  #setFor(track: Track, deployment: Deployment | undefined): ReplicaSet | undefined {
    if (!deployment) return undefined;
    const existing = this.#sets.get(deployment.generation);
    if (!existing) {
      const set = new ReplicaSet(track, deployment, this.#surroundings);
      this.#sets.set(deployment.generation, set);
      return set;
    }
    if (existing.track !== track) {
      existing.track = track;
      this.#dropOldSeries();
    }
    existing.scale(deployment);
    return existing;
  }

  #retire(generation: number, set: ReplicaSet): void {
    this.#sets.delete(generation);
    const newest = Math.max(generation, ...this.#sets.keys());
    this.#await(set.retire().then(() => this.#pruneLogs(newest)));
  }

  /** Of generations long before this one, unless they still run. */
  async #pruneLogs(newest: number): Promise<void> {
    const running = new Set(this.replicaNames());
    await pruneLogs(
      this.logFolder,
      (name) => generationOf(name) < newest - loggedGenerations && !running.has(name),
    );
  }

  #await(retired: Promise<void>): void {
    const retirement = retired
      .then(() => this.#dropOldSeries())
      .catch((error: unknown) => {
        this.#surroundings.log.error({ err: error }, 'replicas could not be stopped cleanly');
      })
      .finally(() => this.#retiring.delete(retirement));
    this.#retiring.add(retirement);
  }

  #dropOldSeries(): void {
    const sets = [...this.#sets.values(), ...(this.#route.tracks?.sets ?? [])];
    this.metrics.keepOnly(sets).catch((error: unknown) => {
      this.#surroundings.log.error({ err: error }, 'old metrics could not be removed');
    });
  }
}
