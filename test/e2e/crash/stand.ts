import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { defaultPayloadConverter, defineSearchAttributeKey } from '@temporalio/common';
import type { HoldProgress } from '../../../src/contracts/hold.ts';
import { rolloutWorkflowId, workflowTypes } from '../../../src/contracts/messages.ts';
import type { ServiceRef } from '../../../src/contracts/platform.ts';
import type { RolloutReport } from '../../../src/contracts/report.ts';
import { searchAttributeNames } from '../../../src/contracts/search-attributes.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { Trickle } from './trickle.ts';
import type { World } from './world.ts';

/** What the releases of a stand are: answers of the platform itself, or processes of their own. */
export type MakeRelease = (version: string, mark: string) => object;

export interface WrittenSpec {
  release: string;
  [key: string]: unknown;
}

const patienceMs = 120_000;
const phaseKey = defineSearchAttributeKey(searchAttributeNames.phase, 'KEYWORD');

/** One service with callers, and the workflow that rolls it out, on a task queue of its own. */
export class Stand {
  readonly name: string;
  readonly ref: ServiceRef;
  readonly world: World;
  readonly taskQueue: string;
  private readonly makeRelease: MakeRelease;
  private callers: Trickle | undefined;

  constructor(world: World, name: string, makeRelease: MakeRelease) {
    this.world = world;
    this.name = name;
    this.makeRelease = makeRelease;
    this.taskQueue = `crash-${name}`;
    this.ref = { service: name, environment: 'crash', target: { platform: 'local' } };
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

  /** Told apart from the stands of other worlds, in what its replicas are started with. */
  get mark(): string {
    return `${this.world.home}/${this.name}`;
  }

  get failedRequests(): number {
    return this.callers?.failed ?? 0;
  }

  specOf({ release, ...rest }: WrittenSpec): object {
    return { ...this.ref, replicas: 2, ...rest, release: this.makeRelease(release, this.mark) };
  }

  /** Brings the first release out by a worker that nobody strikes, and lets callers come. */
  async serve(taskQueue: string): Promise<void> {
    await this.client.workflow.execute(workflowTypes.canary, {
      ...this.startOptions,
      taskQueue,
      args: [this.specOf({ release: 'v1' })],
    });
    const state = await this.world.platform.readService(this.ref);
    this.callers = new Trickle(state?.url ?? '');
    this.callers.start();
  }

  async start(spec: WrittenSpec): Promise<void> {
    await this.client.workflow.start(workflowTypes.canary, {
      ...this.startOptions,
      args: [this.specOf(spec)],
    });
  }

  async withoutCallers<T>(work: () => Promise<T>): Promise<T> {
    await this.callers?.stop();
    const result = await work();
    this.callers?.start();
    return result;
  }

  async leave(): Promise<void> {
    await this.callers?.stop();
  }

  result(): Promise<RolloutReport> {
    return this.insist(() => this.handle.result() as Promise<RolloutReport>);
  }

  /** A hold is open and has measured something. */
  async untilHeld(): Promise<void> {
    await this.until(async () => (await this.measured()) !== undefined);
  }

  async untilWaitingForApproval(): Promise<void> {
    await this.until(async () => {
      const { typedSearchAttributes } = await this.handle.describe();
      const phase = typedSearchAttributes.get(phaseKey);
      return phase === 'awaiting-approval' && (await this.measured()) !== undefined;
    });
  }

  /** Says it again until it is answered, as people do while a server is away. */
  async insist<T>(say: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      try {
        return await say();
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

  /** What the open watch last told the server, once it has measured something. */
  private async measured(): Promise<HoldProgress | undefined> {
    const { raw } = await this.handle.describe();
    const watch = raw.pendingActivities?.find(
      ({ activityType }) => activityType?.name === 'watchHold',
    );
    const [payload] = watch?.heartbeatDetails?.payloads ?? [];
    if (!payload) return undefined;
    const progress = defaultPayloadConverter.fromPayload<HoldProgress>(payload);
    return progress.measurements.length > 0 ? progress : undefined;
  }
}
