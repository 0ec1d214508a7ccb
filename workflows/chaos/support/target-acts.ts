import { proxyActivities } from '@temporalio/workflow';
import type { FaultSeen } from '../../../src/contracts/chaos/host-faults.ts';
import type { PodFaultActivities } from '../../../src/contracts/chaos/pod-faults.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import type { Fencing } from '../../kernel/fencing.ts';
import { createFaultActs } from './fault-acts.ts';

/** How long a fault is there, as whoever keeps its lease is told. */
export interface FaultTimes {
  forMs: number;
  durationMs: number;
}

/** What a run does with the fault of one target, whoever does that for it. */
export interface TargetActs {
  /** Why it was not injected; undefined where it was. */
  inject(lease: RunStep, fault: HostFault, times: FaultTimes): Promise<string | undefined>;
  observe(lease: RunStep, fault: HostFault): Promise<FaultSeen>;
  /** Once it has returned, an injection that is late is refused. */
  remove(lease: RunStep): Promise<unknown>;
  extend(lease: RunStep, forMs: number): Promise<unknown>;
}

export function createTargetActs(
  target: ResolvedTarget,
  fencing: Pick<Fencing, 'next'>,
): TargetActs {
  return 'pod' in target ? createPodActs(target) : createHostActs(target, fencing);
}

function createHostActs(
  { agent, what, identity, ...name }: Exclude<ResolvedTarget, { pod: unknown }>,
  fencing: Pick<Fencing, 'next'>,
): TargetActs {
  const acts = createFaultActs(agent, fencing);
  const known = { target: name, ...(identity && { identity }) };
  return {
    inject: async (lease, fault, times) => {
      const { applied, apply } = await acts.inject({ act: lease, fault, ...times, ...known });
      return applied ? undefined : `${what}: ${apply.stderr.trim() || apply.ending}`;
    },
    observe: (lease, fault) => acts.observe({ lease, fault, ...known }),
    remove: acts.remove,
    extend: acts.extend,
  };
}

const patience = {
  ...{ startToCloseTimeout: '35 s', scheduleToCloseTimeout: '60 s' },
  retry: { initialInterval: 500, maximumInterval: 5_000 },
} as const;

/** A pod that was deleted is replaced by its controller: there is no lease to extend. */
function createPodActs(target: Extract<ResolvedTarget, { pod: unknown }>): TargetActs {
  const { pod } = target;
  const acts = proxyActivities<PodFaultActivities>(patience);
  const called = callTarget(target);
  return {
    inject: async (act) => {
      await acts.crashPod.executeWithOptions({ summary: `crash ${called}` }, [{ act, pod }]);
      return undefined;
    },
    observe: () => acts.observePod.executeWithOptions({ summary: `look at ${called}` }, [pod]),
    remove: (act) =>
      acts.sparePod.executeWithOptions({ summary: `spare ${called}` }, [{ act, pod }]),
    extend: async () => {},
  };
}

export function examinePods(
  ...[selection]: Parameters<PodFaultActivities['examinePods']>
): ReturnType<PodFaultActivities['examinePods']> {
  const acts = proxyActivities<PodFaultActivities>(patience);
  const summary = `examine the pods of namespace ${selection.namespace}`;
  return acts.examinePods.executeWithOptions({ summary }, [selection]);
}
