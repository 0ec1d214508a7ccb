import { Context } from '@temporalio/activity';
import type { RepositoryContents } from '../../src/contracts/backups/backup-set.ts';
import type { SourceFacts } from '../../src/contracts/backups/store.ts';
import type { TargetFacts } from '../../src/contracts/chaos/host-faults.ts';
import type { PermitAnswer } from '../../src/contracts/kernel/change-control.ts';
import type { ProbeResult } from '../../src/contracts/kernel/agent.ts';
import type { NodeCall, NodeFacts } from '../../src/contracts/recovery/database-node.ts';
import type { ServiceRef, ServiceState } from '../../src/contracts/rollouts/platform.ts';

const stateOf = ({ service, environment }: ServiceRef): ServiceState => ({
  ...{ service, environment, canaryWeight: 0, revision: 1, kept: [] },
  stable: { release: { version: 'v1' }, wanted: 1, replicas: [] },
});

/** Often enough for every heartbeat timeout: none of them is tried again. */
const heartbeatEveryMs = 2_000;

async function endless(): Promise<never> {
  const context = Context.current();
  const beating = setInterval(() => context.heartbeat(), heartbeatEveryMs);
  return context.cancelled.finally(() => clearInterval(beating));
}

/** Of the worker: they succeed at once, but for those that a workflow waits in. */
export const idleActivities = {
  askPermit: (): Promise<PermitAnswer> => Promise.resolve({ granted: true, notes: [] }),
  inspectService: (ref: ServiceRef) => Promise.resolve(stateOf(ref)),
  claimService: (ref: ServiceRef) => Promise.resolve(stateOf(ref)),
  scaleCanary: () => Promise.resolve({ replicas: 1 }),
  awaitCanaryReady: () => Promise.resolve({}),
  setWeight: (_: ServiceRef, __: unknown, weight: number) =>
    Promise.resolve({ weight, verified: true }),
  watchHold: endless,
  readAround: () => Promise.resolve([]),
  watchServer: endless,
};

/** Of the agent of every host. */
export const idleAgent = {
  examineSource: (): Promise<SourceFacts> =>
    Promise.resolve({ refusals: [], remarks: [], tool: 'restic 0.16.4' }),
  readRepository: (): Promise<RepositoryContents> =>
    Promise.resolve({
      repository: 'main',
      sets: [],
      foreign: [],
      problems: [],
      readAtMs: Date.now(),
    }),
  makeSet: endless,
  examineNode: ({ cluster }: NodeCall): Promise<NodeFacts> =>
    Promise.resolve({
      state: cluster === 'first' ? 'primary' : 'standby',
      ...{ detail: 'as it should be', atMs: Date.now(), version: '15.18', problems: [] },
    }),
  watchNode: endless,
  examineTarget: (): Promise<TargetFacts> =>
    Promise.resolve({
      what: 'process 4711 (node), by its port 8080',
      process: { pid: 4711, startTime: '1' },
      ...{ refusals: [], leftovers: [] },
    }),
  runProbe: (): Promise<ProbeResult> =>
    Promise.resolve({ ok: true, detail: 'HTTP 200', latencyMs: 1 }),
  watchProbes: endless,
};
