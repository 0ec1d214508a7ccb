import { signingKeyPath, tokenTablePath } from '../credentials.ts';
import type { Daemon, DaemonContext } from './daemon.ts';
import { etcdClientUrl } from './etcd.ts';
import { settingsFile } from './settings-file.ts';

/** The audit log: user, request and time, without bodies. It is also used to count API requests. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
};

export async function apiServer({ layout, subnet, programs }: DaemonContext): Promise<Daemon> {
  const policy = await settingsFile(layout, 'audit-policy.yaml', auditPolicy);
  const signingKey = signingKeyPath(layout);
  return {
    name: 'kube-apiserver',
    command: [
      programs['kube-apiserver'],
      `--etcd-servers=${etcdClientUrl}`,
      // The certificate that it creates for itself names only this address.
      `--advertise-address=${subnet.node}`,
      `--cert-dir=${layout.certificates}`,
      `--service-cluster-ip-range=${subnet.services}`,
      `--token-auth-file=${tokenTablePath(layout)}`,
      '--authorization-mode=Node,RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${signingKey}`,
      `--service-account-signing-key-file=${signingKey}`,
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${layout.auditLog}`,
      '--audit-log-maxsize=4096',
      // No DNS knows the node's name.
      '--kubelet-preferred-address-types=InternalIP',
      '--allow-privileged=true',
      '--max-requests-inflight=2000',
      '--max-mutating-requests-inflight=1000',
    ],
  };
}
