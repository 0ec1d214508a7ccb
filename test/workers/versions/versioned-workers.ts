import proto from '@temporalio/proto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { startControl } from '../../../workers/start-control.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { World } from '../../e2e/crash/world.ts';

const { VersionDrainageStatus } = proto.temporal.api.enums.v1;
const pinned =
  proto.temporal.api.workflow.v1.VersioningOverride.PinnedOverrideBehavior
    .PINNED_OVERRIDE_BEHAVIOR_PINNED;

/** The versions of one worker deployment, on one task queue. */
export class VersionedWorkers {
  readonly deploymentName = 'belay-tests';
  private readonly world: World;
  private readonly taskQueue: string;
  private readonly running = new Map<string, () => Promise<void>>();

  constructor(world: World, taskQueue: string) {
    this.world = world;
    this.taskQueue = taskQueue;
  }

  private get client(): Client {
    return this.world.client;
  }

  private get namespace(): string {
    return this.client.options.namespace;
  }

  /** Runs this bundle as that version; nothing new goes to it yet. */
  async start(buildId: string, bundle: string): Promise<void> {
    const config = this.world.config(this.taskQueue, {
      BELAY_WORKER_DEPLOYMENT: this.deploymentName,
      BELAY_BUILD_ID: buildId,
    });
    const control = await startControl(config, { workflowBundle: { codePath: bundle } });
    const ended = control.run();
    this.running.set(buildId, async () => {
      control.shutdown();
      await ended;
      await control.close();
    });
  }

  async stop(buildId: string): Promise<void> {
    const stop = this.running.get(buildId);
    this.running.delete(buildId);
    await stop?.();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((buildId) => this.stop(buildId)));
  }

  /** As `temporal worker deployment set-current-version`, which refuses while a queue is not polled. */
  async makeCurrent(buildId: string): Promise<void> {
    await eventually(() =>
      this.client.workflowService.setWorkerDeploymentCurrentVersion({
        namespace: this.namespace,
        deploymentName: this.deploymentName,
        buildId,
        identity: 'tests',
      }),
    );
  }

  /** As `temporal workflow update-options --versioning-override-behavior pinned`. */
  async moveTo(buildId: string, { workflowId }: WorkflowHandle): Promise<void> {
    const version = { deploymentName: this.deploymentName, buildId };
    await this.client.workflowService.updateWorkflowExecutionOptions({
      namespace: this.namespace,
      workflowExecution: { workflowId },
      updateMask: { paths: ['versioning_override'] },
      workflowExecutionOptions: { versioningOverride: { pinned: { behavior: pinned, version } } },
    });
  }

  /** The queues that its workers have polled, both of Belay's. */
  async queues(buildId: string): Promise<string[]> {
    const { workerDeploymentVersionInfo: info } = await this.describe(buildId);
    return (info?.taskQueueInfos ?? []).map(({ name }) => name ?? '').sort();
  }

  async isDrained(buildId: string): Promise<boolean> {
    const { workerDeploymentVersionInfo: info } = await this.describe(buildId);
    return info?.drainageInfo?.status === VersionDrainageStatus.VERSION_DRAINAGE_STATUS_DRAINED;
  }

  private describe(buildId: string) {
    return this.client.workflowService.describeWorkerDeploymentVersion({
      namespace: this.namespace,
      deploymentVersion: { deploymentName: this.deploymentName, buildId },
    });
  }
}

/** The version that runs it, or ran it last. */
export async function versionOf(handle: WorkflowHandle): Promise<string | undefined> {
  const { raw } = await handle.describe();
  return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? undefined;
}
