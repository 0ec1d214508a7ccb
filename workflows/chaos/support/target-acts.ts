import { proxyActivities } from '@temporalio/workflow';
import type { ResolvedHost } from '../../../src/contracts/chaos/host-faults.ts';
import type { MeshFaultActivities, MeshTarget } from '../../../src/contracts/chaos/mesh-faults.ts';
import type { PodFaultActivities } from '../../../src/contracts/chaos/pod-faults.ts';
import type { ResolvedTarget } from '../../../src/contracts/chaos/resolved-target.ts';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import { longestFaultMs } from '../../../src/policies/chaos/lease-plan.ts';
import { isHostFault, type Fault, type HostFault } from '../../../src/specs/chaos/fault.ts';
import type { Fencing } from '../../kernel/fencing.ts';
import type { TargetActs } from './acts-on-target.ts';
import { createFaultActs } from './fault-acts.ts';
import { createTrackActs } from './track-acts.ts';

export function createTargetActs(
  target: ResolvedTarget,
  fencing: Pick<Fencing, 'next'>,
): TargetActs {
  if ('tracks' in target) return createTrackActs(target);
  if ('containers' in target) return createMeshActs(target);
  return 'pod' in target ? createPodActs(target) : createHostActs(target, fencing);
}

function createHostActs(
  { agent, what, identity, ...name }: ResolvedHost,
  fencing: Pick<Fencing, 'next'>,
): TargetActs {
  const acts = createFaultActs(agent, fencing);
  const known = { target: name, ...(identity && { identity }) };
  return {
    inject: async (lease, fault, times) => {
      const order = { act: lease, fault: ofHosts(fault), ...times, ...known };
      const { applied, apply } = await acts.inject(order);
      return applied ? undefined : `${what}: ${apply.stderr.trim() || apply.ending}`;
    },
    observe: (lease, fault) => acts.observe({ lease, fault: ofHosts(fault), ...known }),
    remove: acts.remove,
    extend: acts.extend,
  };
}

/** The spec was refused otherwise. */
export function ofHosts(fault: Fault): HostFault {
  if (isHostFault(fault)) return fault;
  throw new Error(`${fault.type} is not done to hosts`);
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
    inject: async (act, _, { durationMs }) => {
      const call = { act, pod, durationMs };
      await acts.crashPod.executeWithOptions({ summary: `crash ${called}` }, [call]);
      return undefined;
    },
    observe: () => acts.observePod.executeWithOptions({ summary: `look at ${called}` }, [pod]),
    remove: (act) =>
      acts.sparePod.executeWithOptions({ summary: `spare ${called}` }, [{ act, pod }]),
    extend: async () => {},
  };
}

/** Chaos Mesh takes no other time for a fault that is there: it is told once when the fault ends without us. */
function createMeshActs(target: MeshTarget): TargetActs {
  const acts = proxyActivities<MeshFaultActivities>(patience);
  const called = callTarget(target);
  return {
    inject: async (act, { type }, { durationMs }) => {
      const order = { act, target, atMostMs: longestFaultMs(durationMs) };
      const summary = `${type} of ${called} by Chaos Mesh`;
      await acts.injectOutage.executeWithOptions({ summary }, [order]);
      return undefined;
    },
    observe: (act) =>
      acts.observeOutage.executeWithOptions({ summary: `look at ${called}` }, [{ act, target }]),
    remove: (act) =>
      acts.removeOutage.executeWithOptions({ summary: `remove the outage of ${called}` }, [
        { act, target },
      ]),
    extend: async () => {},
  };
}

export function examineMeshPods(
  ...[order]: Parameters<MeshFaultActivities['examineMeshPods']>
): ReturnType<MeshFaultActivities['examineMeshPods']> {
  const acts = proxyActivities<MeshFaultActivities>(patience);
  const summary = `examine Chaos Mesh and the pods of namespace ${order.selection.namespace}`;
  return acts.examineMeshPods.executeWithOptions({ summary }, [order]);
}

export function examinePods(
  ...[selection]: Parameters<PodFaultActivities['examinePods']>
): ReturnType<PodFaultActivities['examinePods']> {
  const acts = proxyActivities<PodFaultActivities>(patience);
  const summary = `examine the pods of namespace ${selection.namespace}`;
  return acts.examinePods.executeWithOptions({ summary }, [selection]);
}
