import { join } from 'node:path';
import type { GoModule } from '../../programs/build-module.ts';

const base = import.meta.dirname;
const small = '-s -w';
const kubernetesVersion = 'v1.36.3';

const kubernetesNames = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
] as const;

/** A build from a module does not know its version; other parts depend on the node's. */
const versionFlags = Object.entries({
  gitVersion: kubernetesVersion,
  gitMajor: '1',
  gitMinor: '36',
})
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ');

export const kubernetes = {
  name: 'one-node-cluster/kubernetes',
  folder: join(base, '../modules/kubernetes'),
  packages: Object.fromEntries(
    kubernetesNames.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]),
  ) as Record<(typeof kubernetesNames)[number], string>,
  linkFlags: `${small} ${versionFlags}`,
} satisfies GoModule;

export const etcd = {
  name: 'one-node-cluster/etcd',
  folder: join(base, '../modules/etcd'),
  packages: { etcd: 'go.etcd.io/etcd/server/v3' },
  linkFlags: small,
} satisfies GoModule;

export const kwok = {
  name: 'one-node-cluster/kwok',
  folder: join(base, '../modules/kwok'),
  packages: { kwok: 'sigs.k8s.io/kwok/cmd/kwok' },
  linkFlags: small,
} satisfies GoModule;

const veleroVersion = 'v1.18.0';
const veleroPackage = 'github.com/vmware-tanzu/velero';

/** Backs volumes up; only in clusters of tests that ask for it. */
export const velero = {
  name: 'one-node-cluster/velero',
  folder: join(base, '../modules/velero'),
  packages: {
    velero: `${veleroPackage}/cmd/velero`,
    'velero-helper': `${veleroPackage}/cmd/velero-helper`,
    'velero-restore-helper': `${veleroPackage}/cmd/velero-restore-helper`,
  },
  linkFlags: `${small} -X ${veleroPackage}/pkg/buildinfo.Version=${veleroVersion}`,
} satisfies GoModule;

/** Its plugin for S3. */
export const veleroAws = {
  name: 'one-node-cluster/velero-aws',
  folder: join(base, '../modules/velero-aws'),
  packages: { 'velero-plugin-for-aws': `${veleroPackage}-plugin-for-aws/velero-plugin-for-aws` },
  linkFlags: small,
} satisfies GoModule;

/** Makes faults; only in clusters of tests that ask for it. */
export const chaosMesh = {
  name: 'one-node-cluster/chaos-mesh',
  folder: join(base, '../modules/chaos-mesh'),
  packages: {
    'chaos-controller-manager': 'github.com/chaos-mesh/chaos-mesh/cmd/chaos-controller-manager',
  },
  linkFlags: small,
} satisfies GoModule;

/** The programs of the sample images; built only from this repository. */
export const samples = {
  name: 'one-node-cluster/samples',
  folder: join(base, '../samples'),
  packages: { shop: './shop', pause: './pause' },
  linkFlags: small,
} satisfies GoModule;
