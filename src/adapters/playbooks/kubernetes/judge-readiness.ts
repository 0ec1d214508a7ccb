/** What is read of a workload and its pods, as the API server writes it. */
type Written = Readonly<Record<string, unknown>>;

export interface Readiness {
  passed: boolean;
  wanted: number;
  /** Of the newest pod template. */
  ready: number;
  /** Pods with a container that restarts again and again. */
  crashing: number;
  /** What keeps a pod from being ready; empty where nothing does. */
  why: string;
}

/** 0 of 0 is not ready, and neither is what the controller has not looked at yet. */
export function judgeReadiness(workload: Written, pods: readonly Written[]): Readiness {
  const spec = mapping(workload['spec']);
  const status = mapping(workload['status']);
  const metadata = mapping(workload['metadata']);
  const isDaemonSet = workload['kind'] === 'DaemonSet';
  const wanted = isDaemonSet
    ? number(status['desiredNumberScheduled'])
    : number(spec['replicas'] ?? 1);
  const updated = number(status[isDaemonSet ? 'updatedNumberScheduled' : 'updatedReplicas']);
  const whole = number(status[isDaemonSet ? 'numberReady' : 'readyReplicas']);
  const ready = Math.min(updated, whole);
  const isObserved = number(status['observedGeneration']) >= number(metadata['generation']);
  // Pods of an older template that still run: the restart is not over.
  const present = isDaemonSet
    ? number(status['currentNumberScheduled'])
    : number(status['replicas']);
  const troubles = pods.flatMap(troublesOf);
  const crashing = pods.filter((pod) => troublesOf(pod).some((each) => each.isCrash)).length;
  const passed =
    isObserved && wanted > 0 && updated === wanted && whole === wanted && present <= wanted;
  const why = [
    ...(isObserved ? [] : ['its controller has not looked at it yet']),
    ...(wanted === 0 ? ['no replicas are wanted'] : []),
    ...(present > wanted ? [`${present - wanted} more pods than wanted still run`] : []),
    ...new Set(troubles.map(({ why: each }) => each)),
  ];
  return { passed, wanted, ready, crashing, why: passed ? '' : why.join('; ').slice(0, 1_000) };
}

interface Trouble {
  why: string;
  isCrash: boolean;
}

function troublesOf(pod: Written): Trouble[] {
  const status = mapping(pod['status']);
  const statuses = [
    ...list(status['initContainerStatuses']),
    ...list(status['containerStatuses']),
  ].map(mapping);
  return statuses.flatMap((container) => {
    const waiting = mapping(mapping(container['state'])['waiting']);
    const reason = text(waiting['reason']);
    const last = mapping(mapping(container['lastState'])['terminated']);
    const isCrash = reason === 'CrashLoopBackOff' || reason === 'RunContainerError';
    if (reason === '' || ['ContainerCreating', 'PodInitializing'].includes(reason)) return [];
    const ended =
      last['exitCode'] === undefined
        ? ''
        : `, last ended with ${text(last['reason']) || 'exit code'} ${number(last['exitCode'])}`;
    return [{ why: `container ${text(container['name'])}: ${reason}${ended}`, isCrash }];
  });
}

function mapping(value: unknown): Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Written)
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
