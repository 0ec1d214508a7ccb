import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHostFaultActivities } from '../../../activities/chaos/host-faults.ts';
import { createAgentActivities } from '../../../activities/kernel/agent.ts';
import { agentTaskQueue } from '../../../src/contracts/kernel/agent.ts';
import {
  changeControlQuery,
  type ChangeControlState,
} from '../../../src/contracts/kernel/change-control.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { changeControlWorkflowId } from '../../../src/kinds/locks.ts';
import type { FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { openFaultyHost } from '../../agent/chaos/open-faulty-host.ts';
import { realChangeControl } from '../../fixtures/change-control.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { RolloutBench } from '../../fixtures/rollouts.ts';
import { devServer } from '../../fixtures/temporal.ts';
import { PlatformProcess, refTo, shop } from '../../local-platform/platform-process.ts';

const platform = new PlatformProcess();
let env: TestWorkflowEnvironment;
let bench: RolloutBench;
let host: FaultyHost;
let agent: Worker;
let running: Promise<void>;

beforeAll(async () => {
  [env] = await Promise.all([devServer(), platform.start()]);
  const parts = { local: platform.adapter, changeControl: realChangeControl(env.client) };
  bench = await RolloutBench.start(env.client, env.nativeConnection, {}, parts);
  host = await openFaultyHost();
});

afterAll(async () => {
  agent.shutdown();
  await running;
  await host.dispose();
  await bench.stop();
  await env.teardown();
  await platform.clear();
});

const pidFile = () => join(host.folder, 'canary.pid');

/** Of the one replica of the canary, by the kernel alone. */
const canaryState = () => host.state(Number(readFileSync(pidFile(), 'utf8')));

const untilFrozen = () =>
  eventually(() => {
    expect(canaryState()).toBe('T');
    return Promise.resolve();
  });

/** A service that serves v1, and an agent that may freeze the canary of v2. */
async function serving(): Promise<ServiceRef> {
  const ref = refTo('shop');
  const { url = '' } = await platform.firstRelease(ref, shop('v1'), 2);
  await host.closeAgent();
  host.port = Number(new URL(url).port);
  await host.openAgent({
    ...host.settings(),
    processes: [{ name: 'canary', foundBy: { pidFile: pidFile() }, faults: ['freeze'] }],
  });
  agent = await Worker.create({
    connection: env.nativeConnection,
    taskQueue: agentTaskQueue(host.agent),
    activities: {
      ...createAgentActivities(host.host),
      ...createHostFaultActivities(host.agent, host.chaos),
    },
  });
  running = agent.run();
  return ref;
}

/** One replica that says which process it is, and an experiment that freezes it. */
function frozen(version: string, durationSeconds: number) {
  const { command, env: variables } = shop(version);
  const told = ['sh', '-c', `echo $$ > '${pidFile()}'; exec "$0" "$@"`, ...(command ?? [])];
  return {
    ...{ release: { version, command: told, env: variables }, replicas: 1, analysis: 'none' },
    readiness: { path: '/health', deadline: '30s' },
    stages: [
      {
        ...{ weight: 20, hold: '300ms' },
        experiment: {
          target: { agents: [host.agent], process: 'canary' },
          ...{ mostOfTarget: '100%', fault: { type: 'freeze' } },
          ...{ duration: `${durationSeconds}s`, steadyState: '2s', every: '200ms' },
          // One request in five meets the canary.
          hypothesis: { answers: { errorsOf: { agent: host.agent, probe: 'web' }, atMost: '80%' } },
          stopConditions: 'none',
        },
      },
    ],
  };
}

const permits = async (environment: string) => {
  const control = env.client.workflow.getHandle(changeControlWorkflowId(environment));
  const { permits: held } = await control.query<ChangeControlState>(changeControlQuery);
  return held.map(({ kind }) => kind).toSorted();
};

describe('an experiment at a stage, on a real server, a real platform and a real host', () => {
  it('freezes the canary beside the permit of its rollout, and removes that before an abort undoes it', async () => {
    const ref = await serving();
    await bench.start(ref, frozen('v2', 6));
    await untilFrozen();
    expect(await permits('test')).toEqual(['canary', 'chaosExperiment']);
    expect((await bench.status(ref)).phase).toBe('experimenting');
    const report = await bench.result(ref);
    const [stage] = report.details.stages;
    expect(stage?.experiment, report.reason).toMatchObject({
      ...{ workflowId: 'chaos/test/shop-rollout', outcome: 'Passed' },
    });
    expect(report.outcome).toBe('Promoted');
    expect(canaryState()).not.toBe('T');

    const handle = await bench.start(ref, frozen('v3', 60));
    await untilFrozen();
    const pid = Number(readFileSync(pidFile(), 'utf8'));
    await handle.executeUpdate('abort', { args: [{ by: 'ana', why: 'checkout is slow' }] });
    const aborted = await bench.result(ref);
    expect(aborted).toMatchObject({ outcome: 'Aborted' });
    expect(aborted.details.stages[0]?.experiment).toMatchObject({ outcome: 'Aborted' });
    expect(() => host.state(pid)).toThrow();
    const { stable, canary } = await platform.service(ref);
    expect([stable?.release.version, canary]).toEqual(['v2', undefined]);
    await eventually(async () => expect(await permits('test')).toEqual([]));
  });
});
