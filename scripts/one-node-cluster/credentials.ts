import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ClusterLayout } from './layout.ts';

/** The users of the API server, and the groups that grant their rights. */
const users = {
  admin: ['system:masters'],
  /** Has no rights until a test binds a Role to it. */
  tester: [],
  'system:kube-controller-manager': ['system:masters'],
  'system:kube-scheduler': ['system:masters'],
  'system:kube-proxy': ['system:masters'],
  'system:node:node': ['system:nodes', 'system:masters'],
  kwok: ['system:masters'],
  traefik: ['system:masters'],
} as const;

export type ClusterUser = keyof typeof users;

export function kubeconfigPath({ credentials }: ClusterLayout, user: ClusterUser): string {
  return join(credentials, `${fileName(user)}.kubeconfig`);
}

export function tokenPath({ credentials }: ClusterLayout, user: ClusterUser): string {
  return join(credentials, `${fileName(user)}.token`);
}

export function tokenTablePath({ credentials }: ClusterLayout): string {
  return join(credentials, 'tokens.csv');
}

/** Signs the tokens of ServiceAccounts. */
export function signingKeyPath({ credentials }: ClusterLayout): string {
  return join(credentials, 'service-accounts.key');
}

/** A token and a kubeconfig for each user, and the signing key; readable only by this machine's root. */
export async function writeCredentials(layout: ClusterLayout, server: string): Promise<void> {
  await mkdir(layout.credentials, { recursive: true, mode: 0o700 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeSecret(signingKeyPath(layout), privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const table: string[] = [];
  for (const [user, groups] of Object.entries(users) as [ClusterUser, readonly string[]][]) {
    const token = randomBytes(24).toString('base64url');
    table.push(
      [token, user, user, ...(groups.length > 0 ? [`"${groups.join(',')}"`] : [])].join(','),
    );
    await writeSecret(tokenPath(layout, user), token);
    await writeSecret(
      kubeconfigPath(layout, user),
      kubeconfig({ server, user, token, authority: layout.serverCertificate }),
    );
  }
  await writeSecret(tokenTablePath(layout), `${table.join('\n')}\n`);
}

function fileName(user: ClusterUser): string {
  return user.replaceAll(':', '-');
}

function writeSecret(path: string, content: string | Buffer): Promise<void> {
  return writeFile(path, content, { mode: 0o600 });
}

interface KubeconfigContent {
  server: string;
  user: string;
  token: string;
  authority: string;
}

function kubeconfig({ server, user, token, authority }: KubeconfigContent): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'cluster',
    contexts: [{ name: 'cluster', context: { cluster: 'cluster', user } }],
    clusters: [{ name: 'cluster', cluster: { server, 'certificate-authority': authority } }],
    users: [{ name: user, user: { token } }],
  });
}
