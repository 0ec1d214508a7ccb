import { join } from 'node:path';
import { runCommand } from '../programs/run-command.ts';
import type { ClusterAccess } from './lifecycle/record.ts';

type AdminAccess = Pick<ClusterAccess, 'kubectl' | 'kubeconfig'>;

const label = { 'belay.test/node': 'fake' } as const;
const taint = { key: 'belay.test/node', value: 'fake', effect: 'NoSchedule' } as const;

/** What a pod's spec needs to run on a fake node; a pod without it never does. */
export const onFakeNodes = {
  nodeSelector: label,
  tolerations: [{ ...taint, operator: 'Equal' as const }],
};

/** Ensures the nodes fake-1 to fake-`count`, each ready for 500 pods that run nothing. */
export async function addFakeNodes(access: AdminAccess, count: number): Promise<void> {
  const nodes = Array.from({ length: count }, (_, index) => fakeNode(`fake-${index + 1}`));
  await kubectl(access, ['apply', '--server-side', '-f', '-'], {
    apiVersion: 'v1',
    kind: 'List',
    items: nodes,
  });
  const selector = Object.entries(label).map(([name, value]) => `${name}=${value}`);
  await kubectl(access, [
    'wait',
    'node',
    '-l',
    selector.join(),
    '--for=condition=Ready',
    '--timeout=60s',
  ]);
}

async function kubectl(
  { kubectl: folder, kubeconfig }: AdminAccess,
  args: string[],
  input?: object,
): Promise<void> {
  await runCommand([join(folder, 'kubectl'), `--kubeconfig=${kubeconfig}`, ...args], {
    ...(input && { input: JSON.stringify(input) }),
    limitMs: 90_000,
  });
}

function fakeNode(name: string): object {
  const capacity = { cpu: '1000', memory: '1Ti', pods: '500' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: label, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    spec: { taints: [taint] },
    status: { capacity, allocatable: capacity },
  };
}
