import type {
  ReplicaState,
  ServiceState,
  TrackState,
} from '../../src/contracts/rollouts/platform.ts';

const pod = (name: string, changes: Partial<ReplicaState> = {}): ReplicaState => ({
  name,
  serving: true,
  ready: true,
  restarts: 0,
  ...changes,
});

const idle = { serving: false, ready: false };

const stable: TrackState = {
  release: { version: 'v1', image: 'shop:v1' },
  wanted: 2,
  replicas: [pod('shop-5d9c7-4xk2p'), pod('shop-5d9c7-9vbnm', { restarts: 1 })],
};

/** A new release beside the live one, which gets ready. */
export const routedService: ServiceState = {
  service: 'shop',
  environment: 'demo',
  revision: 3,
  canaryWeight: 20,
  routing: 'HTTPRoute shop',
  stable,
  canary: {
    release: { version: 'v2', image: 'shop:v2' },
    wanted: 3,
    trouble: 'quota shop-pods is used up: 10 of 10 pods',
    replicas: [
      pod('shop-canary-7b4f-aaaaa'),
      pod('shop-canary-7b4f-bbbbb', {
        ...idle,
        restarts: 3,
        trouble: 'container shop: CrashLoopBackOff\nexit code 1\nError: no such table',
      }),
    ],
  },
  update: { kind: 'none', complete: true, updated: 2, wanted: 2 },
  kept: [],
  drift: ['Service shop: its selector was changed by kubectl-edit'],
  remarks: ['HorizontalPodAutoscaler shop may not scale down while this rollout is open'],
};

/** The canary serves, and stable cannot take its release over. */
export const stuckService: ServiceState = {
  ...routedService,
  canaryWeight: 100,
  stable: { ...stable, release: { version: 'v2', image: 'shop:v2' } },
  canary: {
    release: { version: 'v2', image: 'shop:v2' },
    wanted: 2,
    replicas: [pod('shop-canary-7b4f-aaaaa'), pod('shop-canary-7b4f-bbbbb')],
  },
  update: {
    kind: 'promoting',
    complete: false,
    updated: 1,
    wanted: 2,
    trouble: 'pod shop-66f8-ccccc: container shop: ImagePullBackOff of shop:v2',
  },
  drift: [],
  remarks: [],
};

/** Stable changes pod by pod. */
export const replacedService: ServiceState = {
  service: 'shop',
  environment: 'demo',
  revision: 4,
  canaryWeight: 0,
  stable: {
    release: { version: 'v2', image: 'shop:v2' },
    wanted: 4,
    replicas: ['a', 'b', 'c', 'd'].map((id) => pod(`shop-66f8-${id}`)),
  },
  update: { kind: 'replacing', complete: false, updated: 3, wanted: 4 },
  kept: [],
};
