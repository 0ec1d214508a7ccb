import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { defaultPayloadConverter, defineSearchAttributeKey } from '@temporalio/common';
import type { HoldProgress } from '../../../src/contracts/rollouts/hold.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { searchAttributeNames } from '../../../src/contracts/kernel/search-attributes.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { MakeSite, Site } from './site.ts';
import { Trickle } from './trickle.ts';
import type { World } from './world.ts';

export interface WrittenSpec {
  /** Default: canary. */
  kind?: keyof typeof workflowTypes;
  /** Absent: a rollback. */
  release?: string;
  [key: string]: unknown;
}

const patienceMs = 120_000;
const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');

/** One service with callers, and the workflow that rolls it out, on a task queue of its own. */
export class Stand {
  readonly name: string;
  readonly world: World;
  readonly taskQueue: string;
  readonly site: Site;
  private callers: Trickle[] = [];

  constructor(world: World, name: string, makeSite: MakeSite, taskQueue = `crash-${name}`) {
    this.world = world;
    this.name = name;
    this.site = makeSite(world, name);
    this.taskQueue = taskQueue;
  }

  get ref(): ServiceRef {
    return this.site.ref;
  }

  get client(): Client {
    return this.world.client;
  }

  get handle(): WorkflowHandle {
    return this.client.workflow.getHandle(rolloutWorkflowId(this.ref));
  }

  get startOptions() {
    return {
      workflowId: rolloutWorkflowId(this.ref),
      taskQueue: this.taskQueue,
      workflowTaskTimeout: '3 s',
    } as const;
  }

  get failedRequests(): number {
    return this.callers.reduce((sum, { failed }) => sum + failed, 0);
  }

  /** Brings the first releases out by a worker that nobody strikes, and starts callers. */
  async serve(releases?: string[]): Promise<void> {
    const addresses = await this.site.open(this, releases);
    this.callers = addresses.map((address) => new Trickle(address));
    for (const callers of this.callers) callers.start();
  }

  async start(spec: WrittenSpec): Promise<void> {
    await this.client.workflow.start(workflowTypes[spec.kind ?? 'canary'], {
      ...this.startOptions,
      args: [this.site.specOf(spec)],
    });
  }

  async withoutCallers<T>(work: () => Promise<T>): Promise<T> {
    await this.hush();
    const result = await work();
    for (const callers of this.callers) callers.start();
    return result;
  }

  /** Callers go, each with its last answer. */
  async hush(): Promise<void> {
    await Promise.all(this.callers.map((callers) => callers.stop()));
  }

  result(): Promise<RolloutReport> {
    return this.insist(() => this.handle.result() as Promise<RolloutReport>);
  }

  /** A hold is open and has measured something. */
  async untilHeld(): Promise<void> {
    await this.until(async () => (await this.measured()) !== undefined);
  }

  /** A hold is open; what it is to measure may be nothing. */
  async untilWatched(): Promise<void> {
    await this.until(async () => (await this.openWatch()) !== undefined);
  }

  async untilWaitingForApproval(): Promise<void> {
    await this.until(async () => {
      const { typedSearchAttributes } = await this.handle.describe();
      const phase = typedSearchAttributes.get(phaseKey);
      return phase === 'awaiting-approval' && (await this.measured()) !== undefined;
    });
  }

  /** Says it again until it is answered, as people do while a server is away. */
  async insist<T>(send: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return await send();
      } catch (error) {
        const isAnswer =
          error instanceof WorkflowFailedError || error instanceof WorkflowUpdateFailedError;
        if (isAnswer || performance.now() > deadline) throw error;
        await sleep(200);
      }
    }
  }

  private until(isReached: () => Promise<boolean>): Promise<void> {
    return eventually(async () => {
      if (!(await isReached())) throw new Error(`${this.name} is still on its way`);
    }, patienceMs);
  }

  /** As the server knows it, whoever works or is dead. */
  private async openWatch() {
    const { raw } = await this.handle.describe();
    return raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'watchHold');
  }

  /** What the open watch last told the server, once it has measured something. */
  private async measured(): Promise<HoldProgress | undefined> {
    const watch = await this.openWatch();
    const [payload] = watch?.heartbeatDetails?.payloads ?? [];
    if (!payload) return undefined;
    const progress = defaultPayloadConverter.fromPayload<HoldProgress>(payload);
    return progress.measurements.length > 0 ? progress : undefined;
  }
}
