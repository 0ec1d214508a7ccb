import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import { databaseKinds } from '../../../../src/kinds/databases.ts';
import type { WatchMemory } from '../../../../src/policies/recovery/databases/decide-recovery.ts';
import type { LedBy } from '../../../../src/policies/recovery/databases/managed/describe-change.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { SeenPrimary } from '../../../../src/specs/recovery/failover.ts';
import type { DatabasePlan } from '../../../../src/specs/recovery/database-plan.ts';
import type { Continuation } from '../../../kernel/continuation.ts';
import { Mailbox, type Inbox } from '../../../kernel/mailbox.ts';
import { Run } from '../../../kernel/run.ts';
import { Slot } from '../../../kernel/slot.ts';
import type { UndoTable } from '../../../kernel/undos.ts';
import { createManagerActs, type ManagerActs } from './managed/manager-acts.ts';
import { createNodeActs, type NodeActs } from './node-acts.ts';

export class WatchMailbox extends Mailbox {
  /** Who acknowledged the last failover. */
  readonly acknowledgements = new Slot<string>();
}

/** A standing watch over one database. It stays open until somebody stops it. */
export class WatchRun extends Run<RunStatus, UndoTable, DatabasePlan, WatchMailbox> {
  memory: WatchMemory;
  /** Gives what is known of a primary whose lease has run out, once, while people are asked what to do about it. */
  claimLease: ((node: string) => SeenPrimary | undefined) | undefined;

  constructor(
    start: {
      input: unknown;
      request: StartRequest | undefined;
      continuation: Continuation | undefined;
    },
    inbox: Inbox<WatchMailbox>,
  ) {
    super({ kind: databaseKinds.databaseWatch, ...start }, inbox, (status) => status);
    this.memory = this.resumedFrom ?? {};
  }

  get plan(): DatabasePlan {
    if (this.spec === undefined) throw new Error('The plan is read with the spec');
    return this.spec;
  }

  node(node: DatabaseNode): NodeActs {
    return createNodeActs(node, this.fencing);
  }

  manager(node: DatabaseNode): ManagerActs {
    return createManagerActs(node, this.fencing);
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  /** The node that it watched last, also before it continued as new. */
  get watched(): DatabaseNode | undefined {
    return this.plan.nodes.find(({ name }) => name === this.memory.watched);
  }

  /** Of one that does not say it, its timeline is that of before. */
  noteWatched({ name }: DatabaseNode, facts: Pick<SeenPrimary, 'timeline'> = {}): void {
    const { timeline = this.timelineOf(name).timeline } = facts;
    const { timeline: _, ...memory } = this.memory;
    this.memory = { ...memory, watched: name, ...(timeline !== undefined && { timeline }) };
  }

  /** What is known of it, where it is the node that was watched last. */
  timelineOf(name: string): Pick<SeenPrimary, 'timeline'> {
    const { watched, timeline } = this.memory;
    return watched === name && timeline !== undefined ? { timeline } : {};
  }

  get isUnled(): boolean {
    return this.memory.unledSinceMs !== undefined;
  }

  noteOtherWriters(names: readonly string[]): void {
    const { alsoWriting: _, ...memory } = this.memory;
    this.memory = names.length === 0 ? memory : { ...memory, alsoWriting: names };
  }

  noteLed(led: LedBy): void {
    const { unledSinceMs: _, ...memory } = this.memory;
    this.memory = { ...memory, led };
  }

  /** Whether nobody has led for so long that people are told; until then, when to look again. */
  noteUnled(leastPauseMs: number): { isLate: boolean; pauseMs: number } {
    const { unledSinceMs = Date.now() } = this.memory;
    this.memory = { ...this.memory, unledSinceMs };
    const elapsedMs = Date.now() - unledSinceMs;
    const leftMs = this.plan.confirmForMs - elapsedMs;
    // What is awaited for long is asked less often, so that the history stays small.
    const pauseMs = Math.max(leastPauseMs, Math.min(Math.round(elapsedMs / 20), leftMs));
    return { isLate: leftMs <= 0, pauseMs };
  }

  /** An acknowledged failover does not keep the next one from being automatic. */
  takeAcknowledgement(): boolean {
    if (this.inbox.acknowledgements.take() === undefined) return false;
    const { failedOverAtMs: _, ...memory } = this.memory;
    this.memory = memory;
    return true;
  }

  override details(): DatabaseDetails {
    const { environment = '', database = '' } = this.spec ?? {};
    return { database: { environment, database } };
  }
}
