import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { downCluster, findCluster, upCluster } from '../../scripts/one-node-cluster/cluster.ts';
import { obstacles } from '../../scripts/one-node-cluster/prerequisites.ts';
import { clusterOfEnvironment } from './given-cluster.ts';

/**
 * Gives the tests a cluster: the running one that BELAY_CLUSTER names, else one of their own that
 * ends with them, else the one of BELAY_TEST_KUBECONFIG or a throw-away KUBECONFIG.
 */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const shared = process.env['BELAY_CLUSTER'];
  if (shared) {
    project.provide('cluster', { kind: 'cluster', access: await findCluster(shared) });
    return undefined;
  }
  const found = await obstacles();
  if (found.length > 0 || process.env['BELAY_TEST_KUBECONFIG']) {
    project.provide('cluster', clusterOfEnvironment(process.env, found));
    return undefined;
  }
  const name = `tests-${process.pid}`;
  downAfterThisProcess(name);
  project.provide('cluster', { kind: 'cluster', access: await upCluster(name, log) });
  return () => downCluster(name);
}

/** A run that is interrupted, or killed, does not come to its end here. */
function downAfterThisProcess(name: string): void {
  const main = fileURLToPath(new URL('../../scripts/one-node-cluster/main.ts', import.meta.url));
  const args = ['--import', 'tsx', main, 'down', '--name', name, '--after', String(process.pid)];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore' }).unref();
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
