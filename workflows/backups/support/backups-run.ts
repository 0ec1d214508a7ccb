import { CancellationScope, patched } from '@temporalio/workflow';
import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import type { Notification } from '../../../src/contracts/kernel/notifications.ts';
import type { RunStatus } from '../../../src/contracts/kernel/run.ts';
import type { BackupDetails } from '../../../src/contracts/backups/details.ts';
import type { Component } from '../../../src/contracts/backups/source.ts';
import type { KindDefinition } from '../../../src/kinds/kind.ts';
import type { NotificationEvent } from '../../../src/kinds/notification-events.ts';
import { callRun } from '../../../src/kinds/call-run.ts';
import {
  composeRunNotification,
  type Occasion,
} from '../../../src/policies/kernel/notifications/compose-run-notification.ts';
import type { HookCommand } from '../../../src/specs/backups/hooks.ts';
import { boundDetails } from '../../../src/policies/backups/bound-details.ts';
import type { BackupPlan } from '../../../src/specs/backups/plan.ts';
import type { Pooler } from '../../../src/specs/backups/pooler.ts';
import type { Inbox } from '../../kernel/mailbox.ts';
import { Run } from '../../kernel/run.ts';
import { createClientActs, type ClientActs } from './client-acts.ts';
import { PendingFacts } from './pending-facts.ts';
import { createPlaceActs, type PlaceActs } from './place-acts.ts';
import { createSearchActs, type SearchActs } from './search-acts.ts';
import { createStoreActs, type StoreActs } from './store-acts.ts';

/** What may have to be undone; earlier versions have armed these. */
export interface BackupUndos {
  revertFreeze(agent: string, lease: RunStep): Promise<void>;
  runHook(hook: HookCommand): Promise<void>;
  removeCopy(agent: string, component: Component, copy: string): Promise<void>;
  putBack(component: Component, repository: string, label: string): Promise<void>;
  putDatabaseBack(component: Component, place: RunStep, wasRunning: boolean): Promise<void>;
  releaseWrites(component: Component): Promise<void>;
  resumeClients(agent: string, router: string): Promise<void>;
}

/** A run of the family: what its report says beyond its steps, and its acts by agents. */
export class BackupsRun<Spec> extends Run<RunStatus, BackupUndos, Spec> {
  /** What it found out about sets. */
  readonly facts = new PendingFacts();
  /** Filled in as the story goes on. */
  readonly found: BackupDetails;
  /** What was not done once what was restored was in place. */
  readonly missing: string[] = [];
  readonly #planOf: (spec: Spec) => BackupPlan;
  #isCommitted = false;

  constructor(
    start: { kind: KindDefinition<Spec>; input: unknown; request: StartRequest | undefined },
    inbox: Inbox,
    planOf: (spec: Spec) => BackupPlan,
  ) {
    super({ ...start, continuation: undefined }, inbox, (status) => status);
    this.#planOf = planOf;
    this.found = { plan: { environment: '', backup: '' } };
  }

  get plan(): BackupPlan {
    if (this.spec === undefined) throw new Error('The plan is read with the spec');
    return this.#planOf(this.spec);
  }

  /** Everything that is done with a component, by its own agent or by another. */
  store(component: Component, agent = component.agent): StoreActs {
    return createStoreActs(this.plan, component, this.fencing, agent);
  }

  /** Everything that is done with the data folder and the server of a database. */
  place(component: Component): PlaceActs {
    const { plan, fencing } = this;
    return createPlaceActs({ plan, component, fencing, agent: component.agent });
  }

  /** Everything that is done to find the last good moment of a database. */
  search(component: Component): SearchActs {
    const { plan, fencing } = this;
    return createSearchActs({ plan, component, fencing, agent: component.agent });
  }

  /** Everything that is done with the clients of a PgBouncer. */
  clients(pooler: Pooler): ClientActs {
    return createClientActs(pooler, this.fencing);
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  /**
   * What was restored stays in place: nothing is undone any more, and what is left is completed. Throws
   * where the run was asked to stop before.
   */
  async complete(rest: () => Promise<void>): Promise<void> {
    this.requireNotStopped();
    this.undo.disarm();
    if (!patched('what-is-in-place-is-completed')) return rest();
    this.#isCommitted = true;
    this.enterPhase(this.workingPhase(), 'Completing: what was restored is in place');
    await CancellationScope.nonCancellable(rest);
  }

  override workingPhase(): string {
    return this.#isCommitted ? 'completing' : 'working';
  }

  override phaseAfterAnswer(): string {
    return this.status.phase === 'stuck' ? this.workingPhase() : 'undoing';
  }

  override tooLateToStop(): string | undefined {
    if (!this.#isCommitted) return undefined;
    return 'The workflow was cancelled after what was restored was in place: the rest was completed';
  }

  override async finish(): Promise<void> {
    this.notes.push(...(await this.facts.handOver(this.id)));
  }

  override details(): BackupDetails {
    if (this.spec === undefined) return this.found;
    const { environment, backup } = this.plan;
    return boundDetails({ ...this.found, plan: { environment, backup } });
  }

  override compose(occasion: Occasion): Notification {
    const called = callRun(this.kind, this.status.subject.name);
    const composed = composeRunNotification({ ...this.status, kind: called }, occasion);
    const { outcome, subject } = this.status;
    if (outcome === undefined) return composed;
    return { ...composed, title: `${subject.environment}/${subject.name}: ${called}: ${outcome}` };
  }

  /** A run that ended by itself without its success needs somebody as much as one that failed. */
  protected override eventOfOutcome(outcome: string): NotificationEvent {
    const { successes, harmless = [] } = this.kind;
    if ([...successes, ...harmless].includes(outcome)) return 'succeeded';
    const event = super.eventOfOutcome(outcome);
    return event === 'succeeded' ? 'failed' : event;
  }
}
