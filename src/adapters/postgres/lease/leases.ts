import { setTimeout as sleep } from 'node:timers/promises';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { LeasedActivity, LeaseWire } from '../../../contracts/recovery/lease-wire.ts';
import { fenceExpired } from '../acts/fence-node.ts';
import type { DatabaseNode } from '../node.ts';
import { isOver, leaseFolder, readHolders, removeHolder } from './holders.ts';
import { Keeper } from './keeper.ts';
import type { StartKeeper } from './keeper-job.ts';
import { LeaseHold } from './lease-hold.ts';

export interface LeasesOptions {
  startKeeper: StartKeeper;
  onError(message: string, error: unknown): void;
}

const never = new AbortController().signal;
const unattended: Attempt = { cancelled: never, leaving: never, onProgress: () => undefined };
const againAfterMs = 500;
const triesAtStart = 5;
const keeperWithinMs = 10_000;
const pollMs = 50;

/** The leases that an agent holds of the servers of its host. */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #keepers = new Map<string, Keeper>();
  readonly #holds = new Map<LeaseHold, string>();

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  hold(node: DatabaseNode, wire: LeaseWire, leaseMs: number): LeaseHold {
    return this.#track(node, new LeaseHold(this.#parts(node, wire, leaseMs)));
  }

  /** Before the agent does anything else: a lease that ran out while nobody was there has run out. */
  async fenceLeft(nodes: readonly DatabaseNode[]): Promise<void> {
    for (const node of nodes) {
      const holders = await readHolders(leaseFolder(node.stateFolder));
      if (holders.some((holder) => isOver(holder))) await this.#fenceAtStart(node);
      for (const { id } of await readHolders(leaseFolder(node.stateFolder))) {
        await this.#keeper(node).ensureKept(id);
      }
    }
  }

  /** Has Temporal close the activities of an earlier agent, and releases what they held. */
  async takeUpLeft(
    nodes: readonly DatabaseNode[],
    wireOf: (activity: LeasedActivity) => LeaseWire,
  ): Promise<void> {
    for (const node of nodes) {
      for (const holder of await readHolders(leaseFolder(node.stateFolder))) {
        const parts = this.#parts(node, wireOf(holder.activity), holder.leaseMs);
        this.#track(node, new LeaseHold(parts, holder));
      }
    }
  }

  /** Of a server that is fenced: nothing of what was held may fence the node again later. */
  async forget({ settings, stateFolder }: DatabaseNode): Promise<void> {
    for (const [hold, name] of this.#holds) if (name === settings.name) await hold.forget();
    const folder = leaseFolder(stateFolder);
    for (const { id } of await readHolders(folder)) await removeHolder(folder, id);
  }

  /** Before a node becomes a standby: what is held of it has its end first. */
  async endHeld(node: DatabaseNode): Promise<void> {
    const folder = leaseFolder(node.stateFolder);
    if ((await readHolders(folder)).length === 0) return;
    await fenceExpired(node, 'it is to become a standby', unattended);
    const deadline = performance.now() + keeperWithinMs;
    while ((await readHolders(folder)).some((holder) => isOver(holder))) {
      if (performance.now() > deadline) break;
      await sleep(pollMs);
    }
    await this.forget(node);
  }

  /** Returns once everything is released, or has run out. */
  async close(): Promise<void> {
    const holds = [...this.#holds.keys()];
    await Promise.all(holds.map((hold) => hold.end()));
    await Promise.all(holds.map(({ settled }) => settled));
  }

  /** Where it does not succeed, the keeper goes on trying. */
  async #fenceAtStart(node: DatabaseNode): Promise<void> {
    const folder = leaseFolder(node.stateFolder);
    for (let tries = 1; tries <= triesAtStart; tries += 1) {
      try {
        await fenceExpired(node, 'its lease ran out while no agent ran on its host', unattended);
        for (const holder of await readHolders(folder)) {
          if (isOver(holder)) await removeHolder(folder, holder.id);
        }
        return;
      } catch (error) {
        this.#options.onError('a server whose lease has run out cannot be fenced', error);
        await sleep(againAfterMs);
      }
    }
  }

  #track({ settings }: DatabaseNode, hold: LeaseHold): LeaseHold {
    this.#holds.set(hold, settings.name);
    void hold.settled
      .catch((error: unknown) => this.#options.onError('a lease was lost', error))
      .finally(() => this.#holds.delete(hold));
    return hold;
  }

  #parts(node: DatabaseNode, wire: LeaseWire, leaseMs: number) {
    return {
      ...{ wire, leaseMs, folder: leaseFolder(node.stateFolder), keeper: this.#keeper(node) },
      fence: (why: string) => fenceExpired(node, why, unattended),
      onError: this.#options.onError,
    };
  }

  #keeper(node: DatabaseNode): Keeper {
    const { agent, settings, stateFolder } = node;
    const known = this.#keepers.get(settings.name);
    if (known) return known;
    const keeper = new Keeper({ agent, settings, stateFolder }, this.#options.startKeeper);
    this.#keepers.set(settings.name, keeper);
    return keeper;
  }
}
