import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { downCluster, findCluster, upCluster } from '../one-node-cluster/cluster.ts';
import type { ClusterAccess } from '../one-node-cluster/lifecycle/record.ts';
import { runCommand } from '../programs/run-command.ts';
import { narrate } from './narration.ts';
import type { Stage } from './stage.ts';

const specs = 'examples/demo/kubernetes';
const ownCluster = 'belay-demo';

/** A real Kubernetes with Traefik: the cluster that BELAY_CLUSTER names, or a new one. */
export async function openKubernetesStage({ keep }: { keep: boolean }): Promise<Stage> {
  const given = process.env['BELAY_CLUSTER'];
  narrate.scene('A real Kubernetes on this machine, with Traefik in front');
  const access = given === undefined ? await upOwnCluster() : await findCluster(given);
  return {
    specs,
    environment: { BELAY_KUBECONFIG: access.kubeconfig },
    open: () => applyFirstRelease(access),
    afterwards: `
  temporal workflow start --type canaryDeployment --task-queue belay \\
    --workflow-id rollout/demo/shop --input-file YOUR_SPEC.json --fail-existing
  eval "$(scripts/cluster env --name ${access.name})"; kubectl -n demo get deployments,services,httproutes`,
    close: async () => {
      if (given !== undefined) await runKubectl(access, ['delete', '-f', `${specs}/shop.yaml`]);
      else if (!keep) await downCluster(ownCluster);
    },
  };
}

async function upOwnCluster(): Promise<ClusterAccess> {
  narrate.command(`scripts/cluster up --name ${ownCluster}`);
  return upCluster(ownCluster, narrate.output);
}

async function applyFirstRelease(access: ClusterAccess): Promise<string> {
  narrate.scene(
    'v1, applied with kubectl: a Deployment, a Service and an HTTPRoute, and nothing of Belay',
  );
  await runKubectl(access, ['apply', '-f', `${specs}/shop.yaml`]);
  await runKubectl(access, ['rollout', 'status', '--namespace=demo', 'deployment/shop']);
  const url = `${access.gatewayUrl}/demo/`;
  await untilRouted(url);
  return url;
}

/** Traefik reads its routes every 2 s: until then it may know the route and none of its pods. */
async function untilRouted(url: string): Promise<void> {
  const answersInARow = 10;
  const deadline = Date.now() + 30_000;
  for (let answered = 0; answered < answersInARow;) {
    const { ok } = await fetch(url);
    answered = ok ? answered + 1 : 0;
    if (Date.now() > deadline) throw new Error(`${url} does not lead to the shop`);
    await sleep(100);
  }
}

async function runKubectl({ kubectl, kubeconfig }: ClusterAccess, args: string[]): Promise<void> {
  narrate.command(`kubectl ${args.join(' ')}`);
  const said = await runCommand([join(kubectl, 'kubectl'), `--kubeconfig=${kubeconfig}`, ...args]);
  for (const line of said.trim().split('\n')) narrate.output(line);
}
