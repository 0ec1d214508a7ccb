import type { RunStep } from '../../../../src/contracts/kernel/agent.ts';
import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type { RunStatus } from '../../../../src/contracts/kernel/run.ts';
import type { DatabaseDetails } from '../../../../src/contracts/recovery/database-details.ts';
import type { KindDefinition } from '../../../../src/kinds/kind.ts';
import type { NotificationEvent } from '../../../../src/kinds/notification-events.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import type { DatabasePlan } from '../../../../src/specs/recovery/database-plan.ts';
import type { AwaitedSuccessor } from '../../../../src/specs/recovery/fence.ts';
import type { AgentRoute, Route } from '../../../../src/specs/recovery/route.ts';
import type { Continuation } from '../../../kernel/continuation.ts';
import type { Inbox } from '../../../kernel/mailbox.ts';
import { Run } from '../../../kernel/run.ts';
import { createManagerActs, type ManagerActs } from './managed/manager-acts.ts';
import { createNodeActs, type NodeActs } from './node-acts.ts';
import { createRouteActs } from './route-acts.ts';
import { createRouterActs, type RouteActs, type RouterActs } from './router-acts.ts';

/** A former primary whose host could not be asked, and the node that takes its place. */
export interface Replaced {
  former: DatabaseNode;
  successor: AwaitedSuccessor;
}

/** What may have to be undone; earlier versions have armed these. */
export interface DatabaseUndos {
  /** Starts the former primary as the primary again. */
  unfence(node: DatabaseNode, fence: RunStep): Promise<void>;
  /** Refuses a promotion that comes late. Where that fails, it may have taken effect. */
  keepStandby(node: DatabaseNode, replaced?: Replaced): Promise<void>;
  /** Lets clients go on, wherever they are led. */
  resumeRoute(route: AgentRoute): Promise<void>;
}

export interface DatabaseStart<Spec> {
  kind: KindDefinition<Spec>;
  planOf: (spec: Spec) => DatabasePlan;
  input: unknown;
  request: StartRequest | undefined;
  continuation?: Continuation | undefined;
}

/** A run about a replicated database. Once a new primary takes writes, it is carried on to its end. */
export class DatabaseRun<Spec> extends Run<RunStatus, DatabaseUndos, Spec> {
  /** Filled in as the story goes on. */
  readonly found: DatabaseDetails = { database: { environment: '', database: '' }, times: {} };
  /** What was left undone after a new primary took writes, because a person gave it up. */
  readonly missing: string[] = [];
  /** Resolvers may have the former address of a name until then. */
  namesKeptUntilMs = 0;
  readonly #planOf: (spec: Spec) => DatabasePlan;
  #isCommitted = false;
  #isUnsettled = false;

  constructor({ planOf, continuation, ...start }: DatabaseStart<Spec>, inbox: Inbox) {
    super({ ...start, continuation }, inbox, (status) => status);
    this.#planOf = planOf;
  }

  get plan(): DatabasePlan {
    if (this.spec === undefined) throw new Error('The plan is read with the spec');
    return this.#planOf(this.spec);
  }

  node(node: DatabaseNode): NodeActs {
    return createNodeActs(node, this.fencing);
  }

  manager(node: DatabaseNode): ManagerActs {
    return createManagerActs(node, this.fencing);
  }

  route(route: Route): RouteActs {
    return createRouteActs(route, this.fencing);
  }

  router(route: AgentRoute): RouterActs {
    return createRouterActs(route, this.fencing);
  }

  /** A new primary may take writes from here on: nothing is undone any more. */
  commit(): void {
    this.undo.disarm();
    this.#isCommitted = true;
  }

  /** What was asked of somebody else cannot be taken back, and what comes of it is not known yet. */
  async whileUnsettled<T>(act: () => Promise<T>): Promise<T> {
    this.#isUnsettled = true;
    try {
      return await act();
    } finally {
      this.#isUnsettled = false;
    }
  }

  readonly note = (text: string): void => {
    this.notes.push(text);
    this.refresh();
  };

  /** Remembers when something was first seen. */
  stamp(what: keyof NonNullable<DatabaseDetails['times']>, atMs = Date.now()): void {
    this.found.times = { [what]: atMs, ...this.found.times };
  }

  override workingPhase(): string {
    return this.#isCommitted || this.#isUnsettled ? 'completing' : 'working';
  }

  override phaseAfterAnswer(): string {
    return this.#isCommitted || this.#isUnsettled ? 'completing' : 'undoing';
  }

  override tooLateToStop(): string | undefined {
    if (!this.#isCommitted) return undefined;
    return 'The workflow was cancelled after the promotion: what it had begun was completed';
  }

  override details(): DatabaseDetails {
    if (this.spec === undefined) return this.found;
    const { environment, database } = this.plan;
    return { ...this.found, database: { environment, database } };
  }

  protected override eventOfOutcome(outcome: string): NotificationEvent {
    if (this.kind.successes.includes(outcome)) return 'succeeded';
    const event = super.eventOfOutcome(outcome);
    return event === 'succeeded' ? 'failed' : event;
  }
}
