import {
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  patched,
  proxyActivities,
  workflowInfo,
} from '@temporalio/workflow';
import {
  giveBackSignal,
  type ChangeControlActivities,
  type GiveBackInput,
  type PermitAnswer,
  type PermitParent,
  type PermitRequest,
} from '../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import type { StartRequest } from '../../src/contracts/kernel/messages.ts';
import type { RunSettings } from '../../src/contracts/kernel/settings.ts';
import { changeControlWorkflowId } from '../../src/kinds/locks.ts';
import { describeNoAnswer } from '../../src/policies/kernel/change-control/describe-refusal.ts';
import { isRefusable } from '../../src/policies/kernel/change-control/special-runs.ts';
import { reasonOf } from './reason-of.ts';

/** What a run is about to change, and as what. */
export type PermitOrder = Pick<PermitRequest, 'family' | 'kind' | 'scopes' | 'override'> & {
  environment: string;
};

type PermitAct = 'askPermit' | 'previewPermit';

/** A run is not kept waiting for longer than this by a change control that does not answer. */
const longestAskMs = 60_000;
/** A run that does not wait for the answer waits this long for it at its end. */
const longestTellMs = 20_000;

/** That a workflow is its parent is what Temporal says; which run of it, the parent itself does. */
export function parentOf(
  workflowId: string | undefined,
  request: StartRequest | undefined,
): PermitParent | undefined {
  const runRef = request?.parentRun;
  return workflowId === undefined || runRef === undefined ? undefined : { workflowId, runRef };
}

/** The permit of one run: asked for once, before its first act, and given back at its end. */
export class Permit {
  readonly #runRef: string;
  readonly #parent: PermitParent | undefined;
  /** The environment whose change control may hold a permit for this run. */
  #heldIn: string | undefined;
  #answered: Promise<unknown> = Promise.resolve();

  constructor(
    runRef: string,
    { heldIn, parent }: { heldIn: string | undefined; parent: PermitParent | undefined },
  ) {
    this.#runRef = runRef;
    this.#heldIn = heldIn;
    this.#parent = parent;
  }

  /**
   * Returns when the run may start, and gives `note` what its report should say. Fails as Frozen or
   * PermitRefused with everything that a person needs to know, or as ChangeControlUnavailable. A run
   * that is never refused does not wait for the answer.
   */
  async obtain(
    order: PermitOrder,
    settings: RunSettings,
    note: (text: string) => void,
  ): Promise<void> {
    if (settings.permits === undefined) return;
    this.#heldIn = order.environment;
    if (isRefusable(order)) {
      const notes = await this.#ask(order, settings);
      notes.forEach(note);
      return;
    }
    this.#answered = CancellationScope.nonCancellable(() =>
      this.#send('askPermit', order, settings, {
        budgetMs: longestTellMs,
        runRef: this.#runRef,
      }),
    ).then(
      (answer) => {
        if (answer.granted) answer.notes.forEach(note);
      },
      (error: unknown) => {
        note(`Change control was not told of this run: ${reasonOf(error)}`);
      },
    );
  }

  /**
   * Whether another run may start in place of this one, before this one is stopped for it. Fails as
   * Frozen or ChangeControlUnavailable, and this run goes on.
   */
  async preview(
    order: PermitOrder,
    by: { requestId: string; settings: RunSettings },
  ): Promise<void> {
    if (!patched('superseding-asks-first') || !isRefusable(order)) return;
    const answer = await this.#answer('previewPermit', order, by.settings, by.requestId);
    if (!answer.granted) throw ApplicationFailure.nonRetryable(answer.reason, answer.type);
  }

  /** For a run that continues as new: where its permit may be held. */
  async settle(): Promise<string | undefined> {
    await this.#answered;
    return this.#heldIn;
  }

  /** Never fails: a permit that is not given back dies with its holder. */
  async giveBack(): Promise<void> {
    const environment = this.#heldIn;
    if (environment === undefined) return;
    this.#heldIn = undefined;
    await CancellationScope.nonCancellable(async () => {
      await this.#answered;
      try {
        const handle = getExternalWorkflowHandle(changeControlWorkflowId(environment));
        const { runId } = workflowInfo();
        await handle.signal<[GiveBackInput]>(giveBackSignal, { runRef: this.#runRef, runId });
      } catch (error) {
        log.info(`The permit was not given back: ${reasonOf(error)}`);
      }
    });
  }

  async #ask(order: PermitOrder, settings: RunSettings): Promise<string[]> {
    const answer = await this.#answer('askPermit', order, settings);
    if (answer.granted) return answer.notes;
    this.#heldIn = undefined;
    throw ApplicationFailure.nonRetryable(answer.reason, answer.type);
  }

  async #answer(
    act: PermitAct,
    order: PermitOrder,
    settings: RunSettings,
    runRef = this.#runRef,
  ): Promise<PermitAnswer> {
    const waitedMs = Math.min(longestAskMs, settings.actBudgetMs);
    try {
      return await this.#send(act, order, settings, { budgetMs: waitedMs, runRef });
    } catch (error) {
      if (isCancellation(error)) throw error;
      const cause = reasonOf(error);
      throw ApplicationFailure.nonRetryable(
        describeNoAnswer(order.environment, { waitedMs, cause }),
        failureTypes.changeControlUnavailable,
      );
    }
  }

  #send(
    act: PermitAct,
    { environment, ...order }: PermitOrder,
    { actTimeoutMs, retryIntervalMs }: RunSettings,
    { budgetMs, runRef }: { budgetMs: number; runRef: string },
  ): Promise<PermitAnswer> {
    const { workflowId, firstExecutionRunId: firstRunId } = workflowInfo();
    const activities = proxyActivities<Pick<ChangeControlActivities, PermitAct>>({
      startToCloseTimeout: actTimeoutMs,
      scheduleToCloseTimeout: budgetMs,
      retry: { initialInterval: retryIntervalMs, maximumInterval: 10 * retryIntervalMs },
      summary: `ask change control of ${environment} for a permit`,
    });
    const parent = this.#parent;
    const asking = { ...order, runRef, workflowId, firstRunId };
    return activities[act](environment, { ...asking, ...(parent !== undefined && { parent }) });
  }
}
