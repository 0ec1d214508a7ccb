import { readdir } from 'node:fs/promises';
import * as z from 'zod';
import { readRunFile, writeRunFile } from '../../../src/processes/run-file.ts';
import { clusterLayout, clustersFolder } from '../layout.ts';

const daemonShape = z.object({ name: z.string(), pid: z.int(), startTime: z.string() });

/** What tests and people need to use a cluster. Secrets are only in the files that it names. */
const accessShape = z.object({
  name: z.string(),
  /** The kubeconfig of a user in system:masters. */
  kubeconfig: z.string(),
  /** The kubeconfig of a user without rights until a Role is bound to it: User `tester`. */
  testerKubeconfig: z.string(),
  apiServerUrl: z.string(),
  /** JSON lines of audit.k8s.io/v1 events, one per finished request. */
  auditLog: z.string(),
  gatewayUrl: z.string(),
  ingressUrl: z.string(),
  traefikMetricsUrl: z.string(),
  /** The folder of kubectl. */
  kubectl: z.string(),
  /** The address at which pods reach this machine. */
  hostAddress: z.string(),
  nodeAddress: z.string(),
  /** Its socket accepts image archives. */
  containerdSocket: z.string(),
});

const recordShape = z.object({
  name: z.string(),
  /** Written before waiting for each process, so that an interrupted start can be cleaned up. */
  daemons: z.array(daemonShape),
  /** Set when everything answers. */
  access: accessShape.optional(),
});

export type ClusterAccess = z.infer<typeof accessShape>;
export type DaemonIdentity = z.infer<typeof daemonShape>;
export type ClusterRecord = z.infer<typeof recordShape>;

export function readRecord(name: string): Promise<ClusterRecord | undefined> {
  return readRunFile(clusterLayout(name).record, recordShape);
}

export function writeRecord(record: ClusterRecord): Promise<void> {
  return writeRunFile(clusterLayout(record.name).record, record);
}

/** The names of all clusters on this machine, including partly started ones. */
export async function clusterNames(): Promise<string[]> {
  const entries = await readdir(clustersFolder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
