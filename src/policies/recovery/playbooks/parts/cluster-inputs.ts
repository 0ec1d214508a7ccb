import type { Fields } from '../../../../contracts/recovery/playbooks/part.ts';

/** Where an object of Kubernetes is. */
export const clusterInputs = {
  context: {
    type: 'string',
    what: 'a context of the kubeconfig; default: the current one',
    optional: true,
  },
  namespace: { type: 'string', what: 'its namespace' },
} as const satisfies Fields;

export const workloadInput = {
  workload: {
    type: 'string',
    what: 'such as deployment/web, statefulset/db or daemonset/proxy',
  },
} as const satisfies Fields;
