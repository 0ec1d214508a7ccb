import type { V1ContainerStatus, V1Pod, V1PodSpec, V1PodStatus } from '@kubernetes/client-node';

interface PodParts {
  metadata?: V1Pod['metadata'];
  spec?: Partial<V1PodSpec>;
  status?: V1PodStatus;
}

/** A pod as `kubectl get pod -o yaml` shows it: placed, with one container named shop. */
export function podWith({ metadata, spec, status }: PodParts): V1Pod {
  return {
    metadata: { name: 'shop-6d5f-x2x9p', namespace: 'demo', uid: 'pod-1', ...metadata },
    spec: { containers: [{ name: 'shop', image: 'shop:v2' }], nodeName: 'node-1', ...spec },
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'True' }],
      ...status,
    },
  };
}

export function containerStatus(parts: Partial<V1ContainerStatus>): V1ContainerStatus {
  return {
    name: 'shop',
    image: 'shop:v2',
    imageID: '',
    ready: false,
    restartCount: 0,
    started: false,
    ...parts,
  };
}

/** A pod whose container runs and whose readiness is as said. */
export function runningPod(ready: boolean, parts: PodParts = {}): V1Pod {
  return podWith({
    ...parts,
    status: {
      phase: 'Running',
      podIP: '10.88.0.7',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: ready ? 'True' : 'False' },
      ],
      containerStatuses: [
        containerStatus({ ready, started: true, state: { running: { startedAt: new Date(0) } } }),
      ],
      ...parts.status,
    },
  });
}
