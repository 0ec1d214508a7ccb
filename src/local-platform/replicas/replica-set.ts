import type { ReplicaSurroundings } from './replica-surroundings.ts';

import type { ProcessIdentity } from '../../processes/identity.ts';
import type { TrackState } from '../../contracts/rollouts/platform.ts';
import type { ServedTrack } from '../router/service-metrics.ts';
import type { Deployment } from '../state/service-record.ts';
import { InProcessReplica } from './in-process-replica.ts';

import { ProcessReplica } from './process-replica.ts';
import type { Replica } from './replica.ts';

/** The replicas of one deployment. A promotion changes its track, never its replicas. */
export class ReplicaSet {
  track: ServedTrack;
  #deployment: Deployment;
  readonly #surroundings: ReplicaSurroundings;
  readonly #replicas: Replica[] = [];
  readonly #retiring = new Set<Promise<void>>();
  readonly #usedNames = new Set<string>();
  #turn = 0;

  constructor(track: ServedTrack, deployment: Deployment, surroundings: ReplicaSurroundings) {
    this.track = track;
    this.#deployment = deployment;
    this.#surroundings = surroundings;
    this.scale(deployment);
  }

  get version(): string {
    return this.#deployment.release.version;
  }

  get readyCount(): number {
    return this.#replicas.filter((replica) => replica.ready).length;
  }

  get names(): string[] {
    return this.#replicas.map(({ name }) => name);
  }

  /** Adds or retires replicas until the wanted number exists. */
  scale(deployment: Deployment): void {
    this.#deployment = deployment;
    while (this.#replicas.length < deployment.wanted) this.#replicas.push(this.#create());
    for (const surplus of this.#replicas.splice(deployment.wanted)) this.#retire(surplus);
  }

  /** A ready replica that is a process, chosen at random. */
  chooseProcess(): { name: string; identity: ProcessIdentity } | undefined {
    const found = this.#replicas.flatMap((replica) => {
      const identity = replica.ready ? replica.process() : undefined;
      return identity === undefined ? [] : [{ name: replica.name, identity }];
    });
    return found[Math.floor(Math.random() * found.length)];
  }

  /** The next ready replica in turn. */
  next(): Replica | undefined {
    const ready = this.#replicas.filter((replica) => replica.ready);
    this.#turn += 1;
    return ready[this.#turn % ready.length];
  }

  /** Drains and stops all replicas. */
  async retire(): Promise<void> {
    for (const replica of this.#replicas) this.#retire(replica);
    await this.settled();
  }

  /** Resolves when no replica is being retired. */
  async settled(): Promise<void> {
    await Promise.all(this.#retiring);
  }

  state(): TrackState {
    return {
      release: this.#deployment.release,
      wanted: this.#deployment.wanted,
      replicas: this.#replicas.map((replica) => replica.state()),
    };
  }

  #create(): Replica {
    const { release } = this.#deployment;
    const name = this.#freeName();
    this.#usedNames.add(name);
    return release.inProcess
      ? new InProcessReplica(name, release.version, release.inProcess)
      : new ProcessReplica(name, this.#deployment, this.#surroundings);
  }

  #retire(replica: Replica): void {
    const retirement = replica.retire().finally(() => {
      this.#retiring.delete(retirement);
      this.#usedNames.delete(replica.name);
    });
    this.#retiring.add(retirement);
  }

  /** The lowest numbers first, so that after a restart each name finds its process. */
  #freeName(): string {
    for (let ordinal = 1; ; ordinal += 1) {
      const name = `${this.#surroundings.service}-${this.#deployment.generation}-${ordinal}`;
      if (!this.#usedNames.has(name)) return name;
    }
  }
}

/** The deployment that a replica of this name belongs to. */
export function generationOf(replica: string): number {
  return Number(/-(\d+)-\d+$/.exec(replica)?.[1]);
}
